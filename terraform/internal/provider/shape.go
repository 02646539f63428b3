package provider

import (
	"strings"

	"github.com/gochron/terraform-provider-gochron/internal/model"
	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// Facts of running things are not configuration: they would make a plan of what nobody planned. Data sources have them.
var runtime = map[string]bool{
	"status": true, "transition": true, "status_since": true, "status_reason": true, "last_checked_at": true,
	"next_check_at": true, "open_incident_id": true, "uptime_24h": true, "quarantined": true, "health": true,
	"version": true, "updated_at": true, "last_used_at": true, "last_used_ip": true, "ical_created_at": true,
	"effective_from": true, "previous_expires_at": true, "verified_at": true, "state": true, "current": true, "next": true,
}

// What the server gives once and for all.
var constant = map[string]bool{
	"id": true, "created_at": true, "ping_url": true, "inbound_url": true, "hint": true, "secret": true,
}

// shape is a noun's properties as Terraform has them, and how they become JSON.
type shape struct {
	*model.Node
	variants map[string]bool // objects of which exactly one is there, by name
	lifted   map[string]bool // attributes that are in the variant's object in JSON
	once     map[string]bool // answered when it is made, and never again
}

// shape leaves out the facts of running things.
func (n noun) shape() shape {
	s := n.wholeShape()
	for name, f := range s.Fields {
		if f.ReadOnly && (runtime[name] || (name == "secret" && f.Kind == model.Object)) {
			delete(s.Fields, name) // a webhook's secret never touches a state
		}
	}
	return s
}

func (n noun) wholeShape() shape {
	doc := openapi.Embedded()
	in, out := doc.Schema(n.In), doc.Schema(n.Out)
	s := shape{Node: &model.Node{Kind: model.Object}, variants: map[string]bool{}, lifted: map[string]bool{}, once: map[string]bool{}}
	switch {
	case in.Discriminator == nil:
		s.Fields = model.Fields(doc, in, doc.Schema(n.Created))
		for name := range s.Fields {
			if _, later := out.Properties[s.Fields[name].Property]; !later && s.Fields[name].ReadOnly {
				s.once[name] = true
			}
		}
	case n.kind != "":
		s.lift(doc, in.Variant(doc, n.kind), out.Variant(doc, n.kind), n.kind)
	default:
		s.sideBySide(doc, in, out)
	}
	s.finish(n)
	return s
}

// lift puts the properties of a variant's object among those of all variants.
func (s *shape) lift(doc *openapi.Document, in, out *openapi.Schema, kind string) {
	s.Fields = model.Fields(doc, in, out)
	target := s.Fields[kind]
	delete(s.Fields, kind)
	for name, f := range target.Fields {
		if _, taken := s.Fields[name]; taken {
			panic("two attributes are called " + name + " in " + kind)
		}
		s.Fields[name] = f
		s.lifted[name] = true
	}
}

// sideBySide has the objects of all variants, of which a thing has one.
func (s *shape) sideBySide(doc *openapi.Document, in, out *openapi.Schema) {
	s.Fields = map[string]*model.Node{}
	for _, kind := range in.Kinds() {
		for name, f := range model.Fields(doc, in.Variant(doc, kind), out.Variant(doc, kind)) {
			if name == kind {
				f.Required, f.Variant = false, true
				s.variants[kind] = true
			}
			s.Fields[name] = f
		}
	}
}

func (s *shape) finish(n noun) {
	for name, f := range s.Fields {
		f.Constant = f.ReadOnly && constant[name]
		f.Immutable = f.Immutable || (!f.ReadOnly && !n.editable())
	}
	if n.parent != "" {
		s.Fields[n.parent] = n.parentNode()
	}
	for name, other := range model.Rootable(s.Fields) {
		s.lifted[other] = s.lifted[name]
		delete(s.lifted, name)
	}
}

// parentNode is the attribute that says beneath what a thing is.
func (n noun) parentNode() *model.Node {
	path, _, _ := strings.Cut(n.Path, "/{")
	for _, c := range openapi.Embedded().Collections() {
		if c.Path == path {
			id := openapi.Embedded().Schema(c.Out).Properties["id"]
			return &model.Node{Kind: model.String, Required: true, Immutable: true, Property: n.parent, Pattern: id.Pattern,
				Description: "The " + strings.ReplaceAll(c.Name, "_", " ") + " that it belongs to."}
		}
	}
	panic("nothing is at " + path)
}
