package model

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// uniqueValues refuses a list that has something twice. What is not wholly known yet may still become different: the ids
// of two resources that are made by the same plan look alike until then.
type uniqueValues struct{}

func (uniqueValues) Description(context.Context) string { return "all values must be unique" }

func (v uniqueValues) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (uniqueValues) ValidateList(ctx context.Context, r validator.ListRequest, out *validator.ListResponse) {
	var seen []attr.Value
	for _, x := range r.ConfigValue.Elements() {
		raw, err := x.ToTerraformValue(ctx)
		if err != nil || !raw.IsFullyKnown() {
			continue
		}
		for _, other := range seen {
			if x.Equal(other) {
				out.Diagnostics.AddAttributeError(r.Path, "Duplicate List Value", fmt.Sprintf("This attribute contains duplicate values of: %s", x))
			}
		}
		seen = append(seen, x)
	}
}
