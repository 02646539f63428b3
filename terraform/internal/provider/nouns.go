package provider

import (
	"fmt"
	"sort"

	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// noun is a kind of thing that the API keeps, and the resource that stands for it.
type noun struct {
	openapi.Collection
	name   string // of the resource, without the provider's
	kind   string // one variant of a union: its object's properties stand among the others
	parent string // the attribute that names the parent; empty: none
}

// What is made and deleted and yet is nothing that is configured.
var notConfigured = map[string]string{
	"incident_note": "what people write down while they work on an incident",
}

// Names that are not the API's own.
var renamed = map[string]string{"token": "api_token"}

// Unions of which each variant is a resource of its own. Of the others the variants' objects stand side by side.
var split = map[string]bool{"channel": true}

// What the parent is called, where the API has only an id in a path.
var parents = map[string]string{"schedule_override": "of_schedule_id"}

// What is made anew in place of an edit: one that is under way begins anew where its people change, and no plan knows when.
var remade = map[string]bool{"schedule_override": true}

// nouns are all that can be configured: whatever the API has a POST for and a DELETE.
func nouns() []noun {
	var all []noun
	doc := openapi.Embedded()
	for _, c := range doc.Collections() {
		if _, is := notConfigured[c.Name]; is {
			continue
		}
		n := noun{Collection: c, name: c.Name, parent: parents[c.Name]}
		if other, ok := renamed[c.Name]; ok {
			n.name = other
		}
		if !split[c.Name] {
			all = append(all, n)
			continue
		}
		for _, kind := range doc.Schema(c.In).Kinds() {
			one := n
			one.name, one.kind = n.name+"_"+kind, kind
			all = append(all, one)
		}
	}
	sort.Slice(all, func(a, b int) bool { return all[a].name < all[b].name })
	return all
}

// editable says whether a thing is changed in place at all.
func (n noun) editable() bool { return !remade[n.Name] && (n.Put || n.Patch) }

// isOurs refuses what is of another variant than this one's: ids and keys are those of all variants.
func (n noun) isOurs(row map[string]any) error {
	if kind := word(row["type"]); n.kind != "" && kind != "" && kind != n.kind {
		return fmt.Errorf("it is of type `%s`: use `gochron_%s_%s`", kind, n.Name, kind)
	}
	return nil
}

func (n noun) doc() string {
	in := openapi.Embedded().Schema(n.In)
	text := in.Description
	if n.kind != "" {
		text = in.Variant(openapi.Embedded(), n.kind).Properties[n.kind].Description
	}
	if text == "" {
		text = n.Summary + "."
	}
	return text
}
