// Package model turns JSON Schemas into Terraform attributes, and values of the one into values of the other. It knows
// no noun of the API: a property that the API gains is an attribute at once.
package model

import (
	"encoding/json"
	"fmt"
	"sort"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// Kind is what a value is to Terraform.
type Kind int

const (
	String Kind = iota
	Timestamp
	Integer
	Number
	Bool
	List
	Set
	Object
)

// Node is one property: both what is written and what is answered.
type Node struct {
	Kind        Kind
	Description string
	Required    bool
	ReadOnly    bool // only answered
	WriteOnly   bool // never answered: a secret
	Deprecated  bool
	Nullable    bool
	Default     any // of what is written, as JSON; nil: null
	Enum        []string
	Pattern     string
	Min, Max    *float64 // of numbers
	MinLen      *int     // of strings and arrays
	MaxLen      *int
	Item        *Node            // of arrays
	Fields      map[string]*Node // of objects
	VersionOf   string           // stands beside this secret; never sent
	NullOf      string           // stands beside this number, whose null Terraform cannot tell from its absence
}

// Hidden properties are none of Terraform's business: a ttl is another way to write expires_at, and it would expire
// with each plan; on_edit says how one edit is made.
var hidden = map[string]bool{"ttl_seconds": true}

// Build makes the node of a property from its schema in requests (nil: it is only answered) and in answers (nil: it is
// never answered).
func Build(doc *openapi.Document, in, out *openapi.Schema) *Node {
	in, out = doc.Resolve(in), doc.Resolve(out)
	s := in
	if s == nil {
		s = out
	}
	n := &Node{
		Description: s.Description, ReadOnly: in == nil, Deprecated: s.Deprecated, Nullable: s.Nullable(),
		Pattern: s.Pattern, Min: s.Minimum, Max: s.Maximum,
	}
	n.WriteOnly = in != nil && in.WriteOnly
	if in != nil && in.Default != nil {
		n.Default = decode(in.Default)
	}
	for _, x := range s.Enum {
		if text, ok := x.(string); ok {
			n.Enum = append(n.Enum, text)
		}
	}
	switch s.JSONType() {
	case "string":
		n.Kind = String
		if s.Format == "date-time" {
			n.Kind, n.Pattern = Timestamp, ""
		}
		n.MinLen, n.MaxLen = s.MinLength, s.MaxLength
	case "integer":
		n.Kind = Integer
	case "number":
		n.Kind = Number
	case "boolean":
		n.Kind = Bool
	case "array":
		n.Kind = List
		if s.Set {
			n.Kind = Set
		}
		n.MinLen, n.MaxLen = s.MinItems, s.MaxItems
		n.Item = Build(doc, itemsOf(in), itemsOf(out))
	case "object":
		n.Kind = Object
		n.Fields = Fields(doc, in, out)
	default:
		panic(fmt.Sprintf("a schema that is no attribute: %+v", s))
	}
	return n
}

func itemsOf(s *openapi.Schema) *openapi.Schema {
	if s == nil {
		return nil
	}
	return s.Items
}

// Fields makes the nodes of an object's properties.
func Fields(doc *openapi.Document, in, out *openapi.Schema) map[string]*Node {
	fields := map[string]*Node{}
	required := map[string]bool{}
	if in != nil {
		for _, name := range in.Required {
			required[name] = true
		}
		for name, s := range in.Properties {
			if hidden[name] || s.Const != nil {
				continue
			}
			n := Build(doc, s, property(out, name))
			n.Required = required[name]
			fields[name] = n
			if n.WriteOnly {
				fields[name+"_version"] = versionNode(name)
			}
			if n.Nullable && n.Default != nil {
				fields[name+"_unlimited"] = unlimitedNode(name)
			}
		}
	}
	if out != nil {
		for name, s := range out.Properties {
			if _, known := fields[name]; !known && !hidden[name] && s.Const == nil {
				fields[name] = Build(doc, nil, s)
			}
		}
	}
	return fields
}

func property(s *openapi.Schema, name string) *openapi.Schema {
	if s == nil {
		return nil
	}
	return s.Properties[name]
}

func versionNode(of string) *Node {
	return &Node{
		Kind: Integer, Nullable: true, VersionOf: of,
		Description: "Any number; change it to have `" + of + "` sent again, since Terraform keeps no secret to compare it with.",
	}
}

func unlimitedNode(of string) *Node {
	return &Node{
		Kind: Bool, Default: false, NullOf: of,
		Description: "No limit, in place of `" + of + "`: what the API writes as null.",
	}
}

// HasSecret says whether it or anything in it is write-only.
func (n *Node) HasSecret() bool {
	if n.WriteOnly {
		return true
	}
	if n.Item != nil && n.Item.HasSecret() {
		return true
	}
	for _, f := range n.Fields {
		if f.HasSecret() {
			return true
		}
	}
	return false
}

// DefaultKnown says whether its default can stand in a plan. Terraform allows none where a secret is inside: there null
// stays null and means the default.
func (n *Node) DefaultKnown() bool {
	return !n.Required && !n.ReadOnly && n.Default != nil && !n.HasSecret()
}

// Names of an object's properties, in order.
func (n *Node) Names() []string {
	names := make([]string, 0, len(n.Fields))
	for name := range n.Fields {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// TerraformType is the type of its values.
func (n *Node) TerraformType() tftypes.Type {
	switch n.Kind {
	case String, Timestamp:
		return tftypes.String
	case Integer, Number:
		return tftypes.Number
	case Bool:
		return tftypes.Bool
	case List:
		return tftypes.List{ElementType: n.Item.TerraformType()}
	case Set:
		return tftypes.Set{ElementType: n.Item.TerraformType()}
	}
	types := map[string]tftypes.Type{}
	for name, f := range n.Fields {
		types[name] = f.TerraformType()
	}
	return tftypes.Object{AttributeTypes: types}
}

func decode(raw json.RawMessage) any {
	x, err := Decode(raw)
	if err != nil {
		panic(err)
	}
	return x
}
