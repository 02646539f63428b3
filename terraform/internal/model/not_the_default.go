package model

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// notTheDefault refuses to have written what an object with a secret is when it is not written. After an import nobody
// could tell the two apart, and the plan would never be empty.
type notTheDefault struct{ node *Node }

func (v notTheDefault) Description(context.Context) string {
	return "must not be what it is by default"
}

func (v notTheDefault) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v notTheDefault) ValidateObject(ctx context.Context, r validator.ObjectRequest, out *validator.ObjectResponse) {
	if r.ConfigValue.IsNull() || r.ConfigValue.IsUnknown() {
		return
	}
	raw, err := r.ConfigValue.ToTerraformValue(ctx)
	if err != nil || !raw.IsFullyKnown() {
		return // asked again when all is known
	}
	written, err := v.node.ObjectToJSON(raw, raw)
	if err != nil {
		return
	}
	standard, ok := v.node.Default.(map[string]any)
	if !ok {
		return
	}
	for name, x := range written {
		if !equal(x, standard[name]) {
			return
		}
	}
	out.Diagnostics.AddAttributeError(r.Path, "Says nothing", "This is what it is by default: leave it out, or set it to null.")
}
