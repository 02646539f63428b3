package model

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/float64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
)

// keeps says whether a value that the server gave is the same after an edit. Digests are planned apart.
func (n *Node) keeps() bool { return n.Constant || n.Decided }

func pick[T any](n *Node, keeps, replaces T) []T {
	var all []T
	if n.keeps() {
		all = append(all, keeps)
	}
	if n.Immutable && !n.ReadOnly {
		all = append(all, replaces)
	}
	return all
}

func (n *Node) integerModifiers() []planmodifier.Int64 {
	return pick(n, int64planmodifier.UseStateForUnknown(), int64planmodifier.RequiresReplace())
}

func (n *Node) numberModifiers() []planmodifier.Float64 {
	return pick(n, float64planmodifier.UseStateForUnknown(), float64planmodifier.RequiresReplace())
}

func (n *Node) boolModifiers() []planmodifier.Bool {
	return pick(n, boolplanmodifier.UseStateForUnknown(), boolplanmodifier.RequiresReplace())
}

func (n *Node) setModifiers() []planmodifier.Set {
	return pick(n, setplanmodifier.UseStateForUnknown(), setplanmodifier.RequiresReplace())
}

func (n *Node) listModifiers() []planmodifier.List {
	return pick(n, listplanmodifier.UseStateForUnknown(), listplanmodifier.RequiresReplace())
}

func (n *Node) stringModifiers() []planmodifier.String {
	var first []planmodifier.String
	if n.Kind == Timestamp && !n.ReadOnly {
		first = append(first, sameInstant{})
	}
	return append(first, pick(n, stringplanmodifier.UseStateForUnknown(), stringplanmodifier.RequiresReplace())...)
}

func (n *Node) objectModifiers() []planmodifier.Object {
	all := pick(n, objectplanmodifier.UseStateForUnknown(), objectplanmodifier.RequiresReplace())
	if n.Variant {
		all = append(all, objectplanmodifier.RequiresReplaceIf(comesOrGoes, kindIsForGood, kindIsForGood))
	}
	return all
}

const kindIsForGood = "Another kind makes another one."

func comesOrGoes(_ context.Context, r planmodifier.ObjectRequest, out *objectplanmodifier.RequiresReplaceIfFuncResponse) {
	out.RequiresReplace = r.StateValue.IsNull() != r.PlanValue.IsNull()
}

// sameInstant keeps the state's writing of an instant: the API answers with milliseconds whatever was written.
type sameInstant struct{}

func (sameInstant) Description(context.Context) string { return "The same instant is no change." }

func (m sameInstant) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (sameInstant) PlanModifyString(_ context.Context, r planmodifier.StringRequest, out *planmodifier.StringResponse) {
	before, err := time.Parse(time.RFC3339, r.StateValue.ValueString())
	if err != nil {
		return
	}
	after, err := time.Parse(time.RFC3339, r.PlanValue.ValueString())
	if err == nil && before.Equal(after) {
		out.PlanValue = r.StateValue
	}
}
