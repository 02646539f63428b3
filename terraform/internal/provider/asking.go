package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"

	"github.com/gochron/terraform-provider-gochron/internal/client"
)

// asking is what has a client, once the provider is configured.
type asking struct{ client *client.Client }

func (a *asking) take(data any) {
	if c, ok := data.(*client.Client); ok {
		a.client = c
	}
}

// configured says, and tells, whether it is known whom to ask.
func (a *asking) configured(d *diag.Diagnostics) bool {
	if a.client == nil {
		d.Append(unconfigured())
	}
	return a.client != nil
}

// asksForData is what all data sources share.
type asksForData struct{ asking }

func (a *asksForData) Configure(_ context.Context, r datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	a.take(r.ProviderData)
}

// asksForAWhile is what all ephemeral resources share.
type asksForAWhile struct{ asking }

func (a *asksForAWhile) Configure(_ context.Context, r ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	a.take(r.ProviderData)
}
