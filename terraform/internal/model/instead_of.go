package model

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// insteadOf refuses a limit beside what says that there is none. Two writings are no contradiction: `false`, and the limit
// that is there by default. Terraform writes both when it generates a configuration of what it imports.
type insteadOf struct {
	name     string // of the limit, in the same object
	standard any    // its default
}

func (v insteadOf) Description(context.Context) string {
	return "in place of " + v.name
}

func (v insteadOf) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v insteadOf) ValidateBool(ctx context.Context, r validator.BoolRequest, out *validator.BoolResponse) {
	if !r.ConfigValue.ValueBool() {
		return
	}
	at := r.Path.ParentPath().AtName(v.name)
	var limit attr.Value
	if out.Diagnostics.Append(r.Config.GetAttribute(ctx, at, &limit)...); out.Diagnostics.HasError() {
		return
	}
	if limit.IsNull() || limit.IsUnknown() || v.isStandard(ctx, limit) {
		return
	}
	out.Diagnostics.AddAttributeError(r.Path, "Not one of several", fmt.Sprintf("There is no limit with `%s`, and one with `%s`: leave one of them out.", r.Path, at))
}

func (v insteadOf) isStandard(ctx context.Context, limit attr.Value) bool {
	raw, err := limit.ToTerraformValue(ctx)
	number := new(big.Float)
	if err != nil || raw.As(&number) != nil {
		return false
	}
	standard, ok := new(big.Float).SetString(fmt.Sprint(v.standard))
	return ok && number.Cmp(standard) == 0
}
