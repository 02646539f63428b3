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

// Node is one attribute: both what is written and what is answered.
type Node struct {
	Kind        Kind
	Property    string // its name in JSON, beneath the object that it is in
	Description string
	Required    bool
	ReadOnly    bool // only answered
	WriteOnly   bool // never answered: a secret, which no state holds
	Sensitive   bool // held, and not shown
	Immutable   bool // a change makes another one
	Decided     bool // by the server, when it is not written
	Constant    bool // read-only, and the same for as long as the thing is there
	Variant     bool // an object that says which kind of thing it is
	Deprecated  bool
	Nullable    bool
	Unique      bool // an array with nothing twice
	Default     any  // of what is written, as JSON; nil: null
	Enum        []string
	Pattern     string
	Min, Max    *float64 // of numbers
	Not         *float64 // the one in between that is refused
	MinLen      *int     // of strings and arrays
	MaxLen      *int
	Item        *Node            // of arrays
	Fields      map[string]*Node // of objects, by the attribute's name
	VersionOf   string           // stands beside this secret; never sent
	NullOf      string           // stands beside this number, whose null Terraform cannot tell from its absence
	NullInstead any              // the default of that number, which may be written beside it
	DigestOf    string           // the fingerprint of this secret
	FollowsOf   string           // changes when this secret does
	OneOf       []string         // attributes that are the same property in other types, itself among them
	MustChoose  bool             // exactly one of those; otherwise at most one
}

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
		Pattern: s.Pattern, Min: s.Minimum, Max: s.Maximum, Unique: s.Unique,
		Sensitive: s.Sensitive || s.Format == "password", Immutable: s.Immutable,
	}
	if s.Not != nil {
		if x, ok := s.Not.Const.(float64); ok {
			n.Not = &x
		}
	}
	if in != nil {
		n.WriteOnly = in.WriteOnly
		if in.Default != nil {
			n.Default = decode(in.Default)
		}
		n.Decided = decided(in, out)
	}
	for _, x := range s.Enum {
		if text, ok := x.(string); ok {
			n.Enum = append(n.Enum, text)
		}
	}
	n.shape(doc, s, in, out)
	return n
}

// decided by the server is what may be left out and is never null, or is what the token that made it says.
func decided(in, out *openapi.Schema) bool {
	nothing := string(in.Default) == "null"
	return nothing && !in.WriteOnly && (in.Immutable || (out != nil && !out.Nullable()))
}

func (n *Node) shape(doc *openapi.Document, s, in, out *openapi.Schema) {
	switch s.JSONType() {
	case "string":
		n.Kind = String
		if s.Format == "date-time" {
			n.Kind = Timestamp
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
}

func itemsOf(s *openapi.Schema) *openapi.Schema {
	if s == nil {
		return nil
	}
	return s.Items
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

// Names of an object's attributes, in order.
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
