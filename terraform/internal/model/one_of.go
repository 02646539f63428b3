package model

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// oneOf looks at attributes of one object of which at most one is there, or exactly one.
type oneOf struct {
	names []string
	must  bool
}

func (v *oneOf) Description(context.Context) string {
	if v.must {
		return "exactly one of " + strings.Join(v.names, ", ")
	}
	return "at most one of " + strings.Join(v.names, ", ")
}

func (v *oneOf) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v *oneOf) ValidateString(ctx context.Context, r validator.StringRequest, out *validator.StringResponse) {
	out.Diagnostics.Append(v.check(ctx, r.Config, r.Path.ParentPath())...)
}

func (v *oneOf) ValidateInt64(ctx context.Context, r validator.Int64Request, out *validator.Int64Response) {
	out.Diagnostics.Append(v.check(ctx, r.Config, r.Path.ParentPath())...)
}

func (v *oneOf) ValidateList(ctx context.Context, r validator.ListRequest, out *validator.ListResponse) {
	out.Diagnostics.Append(v.check(ctx, r.Config, r.Path.ParentPath())...)
}

// check counts what is there. What is not known yet may still turn out to be null.
func (v *oneOf) check(ctx context.Context, config tfsdk.Config, in path.Path) diag.Diagnostics {
	var d diag.Diagnostics
	there, unknown := 0, false
	for _, name := range v.names {
		var x attr.Value
		if d.Append(config.GetAttribute(ctx, in.AtName(name), &x)...); d.HasError() {
			return d
		}
		switch {
		case x.IsUnknown():
			unknown = true
		case !x.IsNull():
			there++
		}
	}
	if there > 1 || (v.must && there == 0 && !unknown) {
		d.AddAttributeError(in, "Not one of several", "There must be "+v.Description(ctx)+".")
	}
	return d
}
