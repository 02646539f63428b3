// Package openapi reads what the provider needs of gochron's /openapi.json: the schemas of what is written and answered.
package openapi

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
)

//go:embed openapi.json
var embedded []byte

// Text is the description that this provider was built with.
func Text() []byte { return embedded }

// Schema is a JSON Schema (2020-12) as gochron writes them. References are resolved by Document.Schema.
type Schema struct {
	Ref           string             `json:"$ref"`
	Type          types              `json:"type"`
	Description   string             `json:"description"`
	Properties    map[string]*Schema `json:"properties"`
	Required      []string           `json:"required"`
	Items         *Schema            `json:"items"`
	Default       json.RawMessage    `json:"default"`
	Enum          []any              `json:"enum"`
	Const         any                `json:"const"`
	Minimum       *float64           `json:"minimum"`
	Maximum       *float64           `json:"maximum"`
	MinLength     *int               `json:"minLength"`
	MaxLength     *int               `json:"maxLength"`
	MinItems      *int               `json:"minItems"`
	MaxItems      *int               `json:"maxItems"`
	Pattern       string             `json:"pattern"`
	Format        string             `json:"format"`
	ReadOnly      bool               `json:"readOnly"`
	WriteOnly     bool               `json:"writeOnly"`
	Deprecated    bool               `json:"deprecated"`
	Unique        bool               `json:"uniqueItems"`
	Set           bool               `json:"x-gochron-set"`
	Sensitive     bool               `json:"x-gochron-sensitive"`
	Immutable     bool               `json:"x-gochron-immutable"`
	Not           *Schema            `json:"not"`
	AnyOf         []*Schema          `json:"anyOf"`
	OneOf         []*Schema          `json:"oneOf"`
	Discriminator *struct {
		PropertyName string            `json:"propertyName"`
		Mapping      map[string]string `json:"mapping"`
	} `json:"discriminator"`
}

// types is "string" or ["string", "null"].
type types []string

func (t *types) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = types{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// Nullable says whether null is a value of it.
func (s *Schema) Nullable() bool {
	for _, t := range s.Type {
		if t == "null" {
			return true
		}
	}
	return false
}

// JSONType is the type besides null, or empty.
func (s *Schema) JSONType() string {
	for _, t := range s.Type {
		if t != "null" {
			return t
		}
	}
	return ""
}

// Document is the API's description.
type Document struct {
	Info struct {
		Version string `json:"version"`
	} `json:"info"`
	Paths      map[string]map[string]Operation `json:"paths"`
	Components struct {
		Schemas map[string]*Schema `json:"schemas"`
	} `json:"components"`
}

// Embedded is Text, read.
var Embedded = sync.OnceValue(func() *Document {
	var d Document
	if err := json.Unmarshal(embedded, &d); err != nil {
		panic(fmt.Sprintf("the embedded openapi.json does not read: %v", err))
	}
	return &d
})

// Schema is the component of that name. A name that is not there is a defect of this provider.
func (d *Document) Schema(name string) *Schema {
	s, ok := d.Components.Schemas[name]
	if !ok {
		panic("no schema " + name)
	}
	return d.Resolve(s)
}

// Resolve follows references; what stands beside one (description, default, ...) wins. `anyOf` with null becomes a
// nullable schema.
func (d *Document) Resolve(s *Schema) *Schema {
	if s == nil {
		return nil
	}
	if len(s.AnyOf) == 2 && len(s.AnyOf[1].Type) == 1 && s.AnyOf[1].Nullable() {
		x := *d.Resolve(s.AnyOf[0])
		x.Type = append(append(types{}, x.Type...), "null")
		return beside(s, x)
	}
	if s.Ref == "" {
		return s
	}
	return beside(s, *d.Schema(strings.TrimPrefix(s.Ref, "#/components/schemas/")))
}

func beside(s *Schema, x Schema) *Schema {
	if s.Description != "" {
		x.Description = s.Description
	}
	if s.Default != nil {
		x.Default = s.Default
	}
	x.ReadOnly = x.ReadOnly || s.ReadOnly
	x.WriteOnly = x.WriteOnly || s.WriteOnly
	x.Deprecated = x.Deprecated || s.Deprecated
	x.Sensitive = x.Sensitive || s.Sensitive
	x.Immutable = x.Immutable || s.Immutable
	return &x
}

// Kinds of a union of objects, by what its discriminator says; none: it is no union.
func (s *Schema) Kinds() []string {
	if s.Discriminator == nil {
		return nil
	}
	kinds := make([]string, 0, len(s.Discriminator.Mapping))
	for kind := range s.Discriminator.Mapping {
		kinds = append(kinds, kind)
	}
	sort.Strings(kinds)
	return kinds
}

// Variant is the object of that kind.
func (s *Schema) Variant(d *Document, kind string) *Schema {
	return d.Schema(strings.TrimPrefix(s.Discriminator.Mapping[kind], "#/components/schemas/"))
}
