package model

import (
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
)

// Told is what is answered of a property: all of it but secrets, with nothing that is only for who writes.
func (n *Node) Told() *Node {
	told := *n
	told.Required, told.ReadOnly, told.Default = false, true, nil
	if n.Item != nil {
		told.Item = n.Item.Told()
	}
	told.Fields = map[string]*Node{}
	for name, f := range n.Fields {
		if !f.WriteOnly && f.VersionOf == "" {
			told.Fields[name] = f.Told()
		}
	}
	return &told
}

// DataAttributes are what a data source tells of an object. What it is looked up by may be given, too; everything else
// is only answered.
func DataAttributes(fields map[string]*Node, lookups map[string]bool) map[string]schema.Attribute {
	all := map[string]schema.Attribute{}
	for name, n := range fields {
		all[name] = n.dataAttribute(lookups[name])
	}
	return all
}

func (n *Node) dataAttribute(lookup bool) schema.Attribute {
	doc, deprecated := n.Documentation(), n.facts().deprecated
	switch n.Kind {
	case Integer:
		return schema.Int64Attribute{Computed: true, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated}
	case Number:
		return schema.Float64Attribute{Computed: true, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated}
	case Bool:
		return schema.BoolAttribute{Computed: true, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated}
	case List:
		if n.Item.Kind == Object {
			return schema.ListNestedAttribute{Computed: true, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated,
				NestedObject: schema.NestedAttributeObject{Attributes: DataAttributes(n.Item.Fields, nil)}}
		}
		return schema.ListAttribute{Computed: true, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated, ElementType: n.Item.AttrType()}
	case Set:
		if n.Item.Kind == Object {
			return schema.SetNestedAttribute{Computed: true, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated,
				NestedObject: schema.NestedAttributeObject{Attributes: DataAttributes(n.Item.Fields, nil)}}
		}
		return schema.SetAttribute{Computed: true, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated, ElementType: n.Item.AttrType()}
	case Object:
		return schema.SingleNestedAttribute{Computed: true, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated,
			Attributes: DataAttributes(n.Fields, nil)}
	}
	a := schema.StringAttribute{Computed: true, Optional: lookup, MarkdownDescription: doc, Sensitive: n.Sensitive, DeprecationMessage: deprecated}
	if n.Kind == Timestamp {
		a.CustomType = timetypes.RFC3339Type{}
	}
	if lookup {
		given := *n
		given.ReadOnly = false
		a.Validators = given.stringValidators()
	}
	return a
}
