package model

import (
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/float64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// ResourceAttributes of the properties of an object.
func ResourceAttributes(fields map[string]*Node) map[string]schema.Attribute {
	all := map[string]schema.Attribute{}
	for name, n := range fields {
		all[name] = n.ResourceAttribute(name)
	}
	return all
}

// facts that attributes of every kind have.
type facts struct {
	required, optional, computed, writeOnly, sensitive bool
	doc, deprecated                                    string
}

func (n *Node) facts() facts {
	f := facts{doc: n.Documentation(), required: n.Required, writeOnly: n.WriteOnly,
		computed: n.ReadOnly || n.DefaultKnown() || n.Decided, sensitive: n.WriteOnly || n.Sensitive}
	f.optional = !n.Required && !n.ReadOnly
	if n.Deprecated {
		f.deprecated = n.Description
	}
	return f
}

// ResourceAttribute is the attribute of a resource. `name` is what it is called in the object that it is in.
func (n *Node) ResourceAttribute(name string) schema.Attribute {
	switch n.Kind {
	case Integer:
		return n.integerAttribute(name)
	case Number:
		return n.numberAttribute(name)
	case Bool:
		return n.boolAttribute()
	case List:
		return n.listAttribute(name)
	case Set:
		return n.setAttribute()
	case Object:
		return n.objectAttribute()
	}
	return n.stringAttribute(name)
}

func (n *Node) integerAttribute(name string) schema.Attribute {
	f := n.facts()
	a := schema.Int64Attribute{Required: f.required, Optional: f.optional, Computed: f.computed, WriteOnly: f.writeOnly,
		Sensitive: f.sensitive, MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Validators: n.integerValidators()}
	if c := n.choice(name); c != nil {
		a.Validators = append(a.Validators, c)
	}
	if n.DefaultKnown() {
		a.Default = int64default.StaticInt64(n.defaultValue().(basetypes.Int64Value).ValueInt64())
	}
	a.PlanModifiers = n.integerModifiers()
	return a
}

func (n *Node) numberAttribute(name string) schema.Attribute {
	f := n.facts()
	a := schema.Float64Attribute{Required: f.required, Optional: f.optional, Computed: f.computed, Sensitive: f.sensitive,
		MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Validators: n.numberValidators()}
	if n.DefaultKnown() {
		a.Default = float64default.StaticFloat64(n.defaultValue().(basetypes.Float64Value).ValueFloat64())
	}
	a.PlanModifiers = n.numberModifiers()
	return a
}

func (n *Node) boolAttribute() schema.Attribute {
	f := n.facts()
	a := schema.BoolAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, Sensitive: f.sensitive,
		MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Validators: n.boolValidators()}
	if n.DefaultKnown() {
		a.Default = booldefault.StaticBool(n.defaultValue().(basetypes.BoolValue).ValueBool())
	}
	a.PlanModifiers = n.boolModifiers()
	return a
}

func (n *Node) stringAttribute(name string) schema.Attribute {
	f := n.facts()
	a := schema.StringAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, WriteOnly: f.writeOnly,
		Sensitive: f.sensitive, MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Validators: n.stringValidators()}
	if c := n.choice(name); c != nil {
		a.Validators = append(a.Validators, c)
	}
	if n.Kind == Timestamp {
		a.CustomType = timetypes.RFC3339Type{}
	}
	if n.DefaultKnown() {
		a.Default = stringdefault.StaticString(n.defaultValue().(basetypes.StringValue).ValueString())
	}
	a.PlanModifiers = n.stringModifiers()
	return a
}

func (n *Node) setAttribute() schema.Attribute {
	f := n.facts()
	a := schema.SetAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, Sensitive: f.sensitive,
		MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, ElementType: n.Item.AttrType(),
		Validators: n.setValidators(), PlanModifiers: n.setModifiers()}
	if n.DefaultKnown() {
		a.Default = setdefault.StaticValue(n.defaultValue().(types.Set))
	}
	return a
}

func (n *Node) objectAttribute() schema.Attribute {
	f := n.facts()
	a := schema.SingleNestedAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, Sensitive: f.sensitive,
		MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Attributes: ResourceAttributes(n.Fields),
		Validators: n.objectValidators(), PlanModifiers: n.objectModifiers()}
	if n.DefaultKnown() {
		a.Default = objectdefault.StaticValue(n.defaultValue().(types.Object))
	}
	return a
}

func (n *Node) listAttribute(name string) schema.Attribute {
	f := n.facts()
	checks := n.listValidators()
	if c := n.choice(name); c != nil {
		checks = append(checks, c)
	}
	if n.Item.Kind == Object {
		a := schema.ListNestedAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, Sensitive: f.sensitive,
			MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, Validators: checks, PlanModifiers: n.listModifiers(),
			NestedObject: schema.NestedAttributeObject{Attributes: ResourceAttributes(n.Item.Fields)}}
		if n.DefaultKnown() {
			a.Default = listdefault.StaticValue(n.defaultValue().(types.List))
		}
		return a
	}
	a := schema.ListAttribute{Required: f.required, Optional: f.optional, Computed: f.computed, Sensitive: f.sensitive,
		MarkdownDescription: f.doc, DeprecationMessage: f.deprecated, ElementType: n.Item.AttrType(), Validators: checks,
		PlanModifiers: n.listModifiers()}
	if n.DefaultKnown() {
		a.Default = listdefault.StaticValue(n.defaultValue().(types.List))
	}
	return a
}
