package provider

import (
	"fmt"
	"strings"

	"github.com/gochron/terraform-provider-gochron/internal/model"
	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// So many candidates are told of at most.
const mostCandidates = 10

// readShape is a noun as a data source tells it: as the resource has it, and the facts of its life.
func (n noun) readShape() shape {
	s := n.wholeShape()
	s.Node = s.Node.Told()
	for name := range s.once {
		delete(s.Fields, name)
	}
	if openapi.Embedded().Schema(n.Out).Discriminator != nil && n.kind == "" {
		s.Fields["type"] = &model.Node{Kind: model.String, Property: "type", ReadOnly: true, Description: "Which of the objects is there."}
	}
	return s
}

// lookups are the attributes that one can be found by.
func (n noun) lookups(s shape) []string {
	all := []string{"id"}
	if n.parent != "" {
		return all
	}
	for _, name := range []string{"key", "name", "email"} {
		if f, there := s.Fields[name]; there && f.Kind == model.String && !s.lifted[name] {
			all = append(all, name)
		}
	}
	return all
}

func (n noun) words() string { return strings.ReplaceAll(n.name, "_", " ") }

func (n noun) noneSuch(by, given string, near []string) string {
	text := fmt.Sprintf("This organisation has no %s with the %s %q, or the token may not see it.", n.words(), by, given)
	switch {
	case len(near) > 0:
		text += " Is one of these meant: " + quoted(near) + "?"
	case by == "name":
		text += " Names are compared as they are, with upper and lower case."
	case by == "id":
		text += " Another organisation's things are not there for this token; `gochron_organization` says whose it is."
	}
	return text + " To make it in this configuration, use the resource, and refer to the resource's attributes."
}

func (n noun) tooMany(s shape, by, given string, rows []map[string]any) string {
	text := fmt.Sprintf("The %s %q is that of several:\n", by, given)
	for i, row := range rows {
		if i == mostCandidates {
			text += "  ... and more\n"
			break
		}
		text += fmt.Sprintf("  id = %q", row["id"])
		if key, ok := row["key"].(string); ok {
			text += fmt.Sprintf(", key = %q", key)
		}
		if made, ok := row["created_at"].(string); ok {
			text += ", created " + made
		}
		text += "\n"
	}
	others := []string{}
	for _, name := range n.lookups(s) {
		if name != by {
			others = append(others, name)
		}
	}
	return text + "Say which by its `" + strings.Join(others, "` or its `") + "`."
}

func quoted(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = fmt.Sprintf("%q", name)
	}
	return strings.Join(all, ", ")
}
