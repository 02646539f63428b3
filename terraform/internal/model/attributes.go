package model

import (
	"context"
	"fmt"
	"math"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/float64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/float64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Attributes of a resource, of the properties of an object.
func ResourceAttributes(fields map[string]*Node, replace map[string]bool) map[string]schema.Attribute {
	all := map[string]schema.Attribute{}
	for name, n := range fields {
		all[name] = n.attribute(replace[name])
	}
	return all
}

// ofAll are the facts that attributes of every kind have.
type ofAll struct {
	required, optional, computed, writeOnly bool
	doc, deprecated                         string
}

func (n *Node) facts() ofAll {
	f := ofAll{doc: n.Description, required: n.Required, writeOnly: n.WriteOnly, computed: n.ReadOnly || n.DefaultKnown()}
	f.optional = !n.Required && !n.ReadOnly
	if n.Deprecated {
		f.deprecated = "This attribute is deprecated: " + n.Description
	}
	return f
}

func (n *Node) attribute(replace bool) schema.Attribute {
	f := n.facts()
	keep := n.ReadOnly // what the server gave does not change by an edit
	switch n.Kind {
	case Integer:
		a := schema.Int64Attribute{Required: f.required, Optional: f.optional, Computed: f.computed, WriteOnly: f.writeOnly,
			Sensitive: f.writeOnly, MarkdownDescription: f.doc, DeprecationMessage: f.deprecated}
		if lo, hi, ok := bounds(n.Min, n.Max); ok {
			a.Validators = []validator.Int64{int64validator.Between(lo, hi)}
		}
		if n.DefaultKnown() {
			a.Default = int64default.StaticInt64(integer(n.defaultValue()))
		}
		a.PlanModifiers = modifiers[planmodifier.Int64](replace, int64planmodifier.RequiresReplace(), keep, int64planmodifier.UseStateForUnknown())
		return a
	case Number:
		a := schema.Float64Attribute{Required: f.required, Optional: f.optional, Computed: f.computed, MarkdownDescription: f.doc, DeprecationMessage: f.deprecated}
		if n.Min != nil && n.Max != nil {
			a.Validators = []validator.Float64{float64validator.Between(*n.Min, *n.Max)}
		}
		if n.DefaultKnown() {
			a.Default = float64default.StaticFloat64(n.defaultValue().(basetypes.Float64Value).ValueFloat64())
		}
		a.PlanModifiers = modifiers[planmodifier.Float64](replace, float64planmodifier.RequiresReplace(), keep, float64planmodifier.UseStateForUnknown())
		return a
	case Bool:
		a := schema.BoolAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, MarkdownDescription: f.doc, DeprecationMessage: f.deprecated}
		if n.DefaultKnown() {
			a.Default = booldefault.StaticBool(n.defaultValue().(basetypes.BoolValue).ValueBool())
		}
		a.PlanModifiers = modifiers[planmodifier.Bool](replace, boolplanmodifier.RequiresReplace(), keep, boolplanmodifier.UseStateForUnknown())
		return a
	case List:
		return n.listAttribute(f, replace, keep)
	case Set:
		a := schema.SetAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, MarkdownDescription: f.doc,
			DeprecationMessage: f.deprecated, ElementType: n.Item.attrType()}
		a.Validators = []validator.Set{setvalidator.SizeBetween(sizes(n))}
		if v := n.Item.stringValidators(); len(v) > 0 {
			a.Validators = append(a.Validators, setvalidator.ValueStringsAre(v...))
		}
		if n.DefaultKnown() {
			a.Default = setdefault.StaticValue(n.defaultValue().(types.Set))
		}
		a.PlanModifiers = modifiers[planmodifier.Set](replace, setplanmodifier.RequiresReplace(), keep, setplanmodifier.UseStateForUnknown())
		return a
	case Object:
		a := schema.SingleNestedAttribute{Required: f.required, Optional: f.optional, Computed: f.computed,
			MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Attributes: ResourceAttributes(n.Fields, nil)}
		if n.DefaultKnown() {
			a.Default = objectdefault.StaticValue(n.defaultValue().(types.Object))
		}
		a.PlanModifiers = modifiers[planmodifier.Object](replace, objectplanmodifier.RequiresReplace(), keep, objectplanmodifier.UseStateForUnknown())
		return a
	}
	a := schema.StringAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, WriteOnly: f.writeOnly,
		Sensitive: f.writeOnly, MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Validators: n.stringValidators()}
	if n.Kind == Timestamp {
		a.CustomType = timetypes.RFC3339Type{}
	}
	if n.DefaultKnown() {
		a.Default = stringdefault.StaticString(n.defaultValue().(basetypes.StringValue).ValueString())
	}
	a.PlanModifiers = modifiers[planmodifier.String](replace, stringplanmodifier.RequiresReplace(), keep, stringplanmodifier.UseStateForUnknown())
	return a
}

func (n *Node) listAttribute(f ofAll, replace, keep bool) schema.Attribute {
	size := listvalidator.SizeBetween(sizes(n))
	changes := modifiers[planmodifier.List](replace, listplanmodifier.RequiresReplace(), keep, listplanmodifier.UseStateForUnknown())
	if n.Item.Kind == Object {
		a := schema.ListNestedAttribute{Required: f.required, Optional: f.optional, Computed: f.computed,
			MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Validators: []validator.List{size}, PlanModifiers: changes,
			NestedObject: schema.NestedAttributeObject{Attributes: ResourceAttributes(n.Item.Fields, nil)}}
		if n.DefaultKnown() {
			a.Default = listdefault.StaticValue(n.defaultValue().(types.List))
		}
		return a
	}
	a := schema.ListAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, MarkdownDescription: f.doc,
		DeprecationMessage: f.deprecated, ElementType: n.Item.attrType(), Validators: []validator.List{size}, PlanModifiers: changes}
	if v := n.Item.stringValidators(); len(v) > 0 {
		a.Validators = append(a.Validators, listvalidator.ValueStringsAre(v...))
	}
	if n.DefaultKnown() {
		a.Default = listdefault.StaticValue(n.defaultValue().(types.List))
	}
	return a
}

func modifiers[T any](replace bool, replaces T, keep bool, keeps T) []T {
	var all []T
	if replace {
		all = append(all, replaces)
	}
	if keep {
		all = append(all, keeps)
	}
	return all
}

func bounds(lo, hi *float64) (int64, int64, bool) {
	if lo == nil && hi == nil {
		return 0, 0, false
	}
	a, b := int64(math.MinInt64), int64(math.MaxInt64)
	if lo != nil {
		a = int64(*lo)
	}
	if hi != nil {
		b = int64(*hi)
	}
	return a, b, true
}

func sizes(n *Node) (int, int) {
	lo, hi := 0, math.MaxInt32
	if n.MinLen != nil {
		lo = *n.MinLen
	}
	if n.MaxLen != nil {
		hi = *n.MaxLen
	}
	return lo, hi
}

func (n *Node) stringValidators() []validator.String {
	if n.Kind != String {
		return nil
	}
	var all []validator.String
	if len(n.Enum) > 0 {
		return append(all, stringvalidator.OneOf(n.Enum...))
	}
	if n.MinLen != nil || n.MaxLen != nil {
		all = append(all, stringvalidator.UTF8LengthBetween(sizes(n)))
	}
	if n.Pattern != "" {
		if re, err := regexp.Compile(n.Pattern); err == nil {
			all = append(all, stringvalidator.RegexMatches(re, "must match "+n.Pattern))
		}
	}
	return all
}

// attrType is the framework's type of its values.
func (n *Node) attrType() attr.Type {
	switch n.Kind {
	case Timestamp:
		return timetypes.RFC3339Type{}
	case Integer:
		return types.Int64Type
	case Number:
		return types.Float64Type
	case Bool:
		return types.BoolType
	case List:
		return types.ListType{ElemType: n.Item.attrType()}
	case Set:
		return types.SetType{ElemType: n.Item.attrType()}
	case Object:
		all := map[string]attr.Type{}
		for name, f := range n.Fields {
			all[name] = f.attrType()
		}
		return types.ObjectType{AttrTypes: all}
	}
	return types.StringType
}

// defaultValue is the default as the framework has it, with the defaults of what is in it.
func (n *Node) defaultValue() attr.Value {
	v, err := n.ToTerraform(n.Default, tftypes.NewValue(n.TerraformType(), nil))
	if err != nil {
		panic(err)
	}
	value, err := n.attrType().ValueFromTerraform(context.Background(), v)
	if err != nil {
		panic(fmt.Sprintf("a default that is no value: %v", err))
	}
	return value
}

func integer(v attr.Value) int64 { return v.(basetypes.Int64Value).ValueInt64() }
