// Package provider is gochron's Terraform provider.
package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gochron/terraform-provider-gochron/internal/client"
)

type gochron struct{ version string }

// New makes a provider of this version.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &gochron{version: version} }
}

func (p *gochron) Metadata(_ context.Context, _ provider.MetadataRequest, out *provider.MetadataResponse) {
	out.TypeName, out.Version = "gochron", p.version
}

func (p *gochron) Schema(_ context.Context, _ provider.SchemaRequest, out *provider.SchemaResponse) {
	out.Schema = schema.Schema{
		MarkdownDescription: "Monitors, alert rules, on-call schedules and all that gochron keeps.",
		Attributes: map[string]schema.Attribute{
			"endpoint": schema.StringAttribute{Optional: true,
				MarkdownDescription: "URL of the server, such as `https://gochron.example.com`. Otherwise `GOCHRON_URL`."},
			"token": schema.StringAttribute{Optional: true, Sensitive: true,
				MarkdownDescription: "An API token. Otherwise `GOCHRON_TOKEN`."},
			"change_reason": schema.StringAttribute{Optional: true,
				MarkdownDescription: "Why, for the audit log: a commit or the URL of a pull request. Otherwise `GOCHRON_CHANGE_REASON`, or what GitHub Actions, GitLab CI or Jenkins say of the pull request or the commit."},
			"ca_file": schema.StringAttribute{Optional: true,
				MarkdownDescription: "Certificates that the server's is checked by, in place of the system's (PEM). Otherwise `GOCHRON_CA_FILE`."},
		},
	}
}

type settings struct {
	Endpoint     types.String `tfsdk:"endpoint"`
	Token        types.String `tfsdk:"token"`
	ChangeReason types.String `tfsdk:"change_reason"`
	CAFile       types.String `tfsdk:"ca_file"`
}

func (p *gochron) Configure(ctx context.Context, r provider.ConfigureRequest, out *provider.ConfigureResponse) {
	var s settings
	out.Diagnostics.Append(r.Config.Get(ctx, &s)...)
	if out.Diagnostics.HasError() {
		return
	}
	if s.Endpoint.IsUnknown() || s.Token.IsUnknown() || s.CAFile.IsUnknown() {
		return // of something that is not there yet: asked again when it is
	}
	o := client.Options{
		BaseURL:      trimSlash(or(s.Endpoint, "GOCHRON_URL")),
		Token:        or(s.Token, "GOCHRON_TOKEN"),
		ChangeReason: changeReason(s.ChangeReason.ValueString(), os.Getenv),
		CAFile:       or(s.CAFile, "GOCHRON_CA_FILE"),
		UserAgent:    "terraform-provider-gochron/" + p.version + " (Terraform " + r.TerraformVersion + ")",
	}
	if checkOptions(&out.Diagnostics, s, o); out.Diagnostics.HasError() {
		return
	}
	c, err := client.New(o)
	if err != nil {
		out.Diagnostics.AddAttributeError(path.Root("endpoint"), "No such endpoint", err.Error())
		return
	}
	if greet(ctx, &out.Diagnostics, c, o.BaseURL); out.Diagnostics.HasError() {
		return
	}
	out.ResourceData, out.DataSourceData, out.EphemeralResourceData = c, c, c
}

func or(x types.String, variable string) string {
	if x.ValueString() != "" {
		return x.ValueString()
	}
	return os.Getenv(variable)
}

func trimSlash(x string) string {
	for len(x) > 0 && x[len(x)-1] == '/' {
		x = x[:len(x)-1]
	}
	return x
}

func (p *gochron) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, n := range nouns() {
		all = append(all, newThing(n))
	}
	return all
}

func (p *gochron) DataSources(context.Context) []func() datasource.DataSource {
	all := []func() datasource.DataSource{newOncall, newEgressIPs}
	for _, n := range nouns() {
		all = append(all, newSource(n))
	}
	for _, f := range facts {
		all = append(all, newFact(f))
	}
	return all
}

func (p *gochron) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newEphemeralToken, newWebhookSecret}
}
