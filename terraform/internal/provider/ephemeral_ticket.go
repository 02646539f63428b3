package provider

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// ticket is what Terraform keeps for us between the opening and the closing of a token.
type ticket struct {
	ID       string
	Lifetime time.Duration
}

func (t ticket) bytes() []byte {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // a string and a number always become JSON
	}
	return b
}

func ticketOf(ctx context.Context, from interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}) (ticket, diag.Diagnostics) {
	var t ticket
	b, d := from.GetKey(ctx, tokenKey)
	if d.HasError() {
		return t, d
	}
	if err := json.Unmarshal(b, &t); err != nil {
		d.AddError("Cannot understand what was kept of this API token", err.Error())
	}
	return t, d
}
