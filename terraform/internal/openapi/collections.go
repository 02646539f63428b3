package openapi

import (
	"sort"
	"strings"
)

// Operation is one method of one path.
type Operation struct {
	ID         string `json:"operationId"`
	Summary    string `json:"summary"`
	Parameters []struct {
		Name string `json:"name"`
		In   string `json:"in"`
	} `json:"parameters"`
	RequestBody *body            `json:"requestBody"`
	Responses   map[string]*body `json:"responses"`
}

type body struct {
	Content struct {
		JSON struct {
			Schema *Schema `json:"schema"`
		} `json:"application/json"`
	} `json:"content"`
}

func (b *body) name() string {
	if b == nil || b.Content.JSON.Schema == nil {
		return ""
	}
	return strings.TrimPrefix(b.Content.JSON.Schema.Ref, "#/components/schemas/")
}

// Takes says whether it has a parameter of that name, wherever.
func (o Operation) Takes(name string) bool {
	for _, p := range o.Parameters {
		if p.Name == name {
			return true
		}
	}
	return false
}

// Answer is the name of the schema of what it answers when all is well; empty: it has none.
func (o Operation) Answer() string {
	for _, status := range []string{"201", "200"} {
		if name := o.Responses[status].name(); name != "" {
			return name
		}
	}
	return ""
}

// Collection is a path in which things are made that can be deleted again: what can be configured.
type Collection struct {
	Path    string // of the collection: at most one parameter, its parent's id
	Name    string // of one of them, in snake_case
	Summary string // of making one
	In      string // schema of what is written
	Created string // schema of the answer to making one
	Out     string // schema of the answer to reading one
	Put     bool   // replaced whole
	Patch   bool
	IfMatch bool // a write may name the version that it changes
	Batch   bool // read many at once, by ids
	Keyed   bool // found by key
	Search  bool // listed by a part of a name
}

// Collections are all of them, by path.
func (d *Document) Collections() []Collection {
	var all []Collection
	for item, operations := range d.Paths {
		removal, ok := operations["delete"]
		path, _, nested := cutLast(item)
		if !ok || !nested {
			continue
		}
		made, ok := d.Paths[path]["post"]
		if !ok {
			continue
		}
		_, put := operations["put"]
		_, patch := operations["patch"]
		list := d.Paths[path]["get"]
		c := Collection{Path: path, Name: snake(strings.TrimPrefix(made.ID, "create")), Summary: made.Summary,
			In: made.RequestBody.name(), Created: made.Answer(), Out: operations["get"].Answer(), Put: put, Patch: patch,
			IfMatch: removal.Takes("If-Match"), Batch: list.Takes("ids"), Keyed: list.Takes("key"), Search: list.Takes("q")}
		all = append(all, c)
	}
	sort.Slice(all, func(a, b int) bool { return all[a].Path < all[b].Path })
	return all
}

func cutLast(item string) (string, string, bool) {
	at := strings.LastIndex(item, "/")
	if at < 0 || !strings.HasSuffix(item, "}") {
		return "", "", false
	}
	return item[:at], item[at+1:], true
}

func snake(x string) string {
	var s strings.Builder
	for i, c := range x {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				s.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		s.WriteRune(c)
	}
	return s.String()
}
