package provider

import (
	"fmt"
	"sort"
	"strings"

	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// testCase is one attribute of one resource.
type testCase struct {
	label string
	noun  noun
	shape shape
	path  []string // attribute names; "[]" is the first of a list
	node  *model.Node
	v     values
}

// casesOf are all attributes of a resource that can be written, at whatever depth.
func casesOf(n noun, s shape, v values) []testCase {
	var all []testCase
	var walk func(of *model.Node, path []string)
	walk = func(of *model.Node, at []string) {
		for _, name := range of.Names() {
			f := of.Fields[name]
			if f.ReadOnly || f.VersionOf != "" {
				continue
			}
			path := append(append([]string{}, at...), name)
			all = append(all, testCase{label: n.name + "_" + strings.ReplaceAll(strings.Join(path, "_"), "[]", "of"), noun: n, shape: s, path: path, node: f, v: v})
			switch {
			case f.Kind == model.Object:
				walk(f, path)
			case f.Kind == model.List && f.Item.Kind == model.Object:
				walk(f.Item, append(path, "[]"))
			}
		}
	}
	walk(s.Node, nil)
	sort.Slice(all, func(a, b int) bool { return all[a].label < all[b].label })
	return all
}

// of is a value of the attribute, 1 or 2.
func (c testCase) of(which int) any { return c.v.of(c.name(), c.node, which, c.label) }

func (c testCase) name() string { return c.path[len(c.path)-1] }

// optional says whether it can be left out. What its parent cannot be without, or what stands in a choice, cannot.
func (c testCase) optional() bool {
	return !c.node.Required && !c.node.Variant && len(c.node.OneOf) == 0
}

// empty is the value that is there and holds nothing, where there is one.
func (c testCase) empty() (any, bool) {
	n := c.node
	switch n.Kind {
	case model.String:
		ok := n.Pattern == "" && len(n.Enum) == 0 && (n.MinLen == nil || *n.MinLen == 0)
		return "", ok
	case model.List, model.Set:
		return []any{}, n.MinLen == nil || *n.MinLen == 0
	case model.Object:
		for name, f := range n.Fields {
			if c.v.needed(name, f) {
				return nil, false
			}
		}
		return map[string]any{}, !n.HasSecret() || n.Default == nil
	}
	return nil, false
}

// absent stands for an attribute that is not written at all.
type absent struct{}

// configuration is a resource with this value of the attribute, and beside it only what it cannot be without. `salt`
// tells the instances of one attribute apart.
func (c testCase) configuration(value any, salt string) map[string]any {
	root := c.v.of(c.noun.name, c.shape.Node, 1, salt).(map[string]any)
	c.choose(root, salt)
	c.settle(root, salt)
	at, of := root, c.shape.Node
	for _, name := range c.path[:len(c.path)-1] {
		if name == "[]" {
			continue
		}
		f := of.Fields[name]
		of = f
		if f.Kind == model.List {
			of = f.Item
		}
		at = c.enter(at, name, f, salt)
	}
	c.prepare(root, at, of, value)
	for _, other := range c.node.OneOf {
		delete(at, other)
	}
	switch value.(type) {
	case absent:
		delete(at, c.name())
	default:
		at[c.name()] = value
	}
	return root
}

// enter is the object of that name, which is made when there is none.
func (c testCase) enter(at map[string]any, name string, f *model.Node, salt string) map[string]any {
	if f.Kind == model.List {
		items, ok := at[name].([]any)
		if !ok {
			items = c.v.of(name, f, 1, salt).([]any)
			at[name] = items
		}
		return items[0].(map[string]any)
	}
	inner, ok := at[name].(map[string]any)
	if !ok {
		inner = c.v.of(name, f, 1, salt).(map[string]any)
		at[name] = inner
	}
	return inner
}

// choose gives a union one of its objects.
func (c testCase) choose(root map[string]any, salt string) {
	if len(c.shape.variants) == 0 {
		return
	}
	kind := c.path[0]
	if !c.shape.variants[kind] {
		for _, name := range c.shape.Names() {
			if c.shape.variants[name] {
				kind = name
				break
			}
		}
	}
	root[kind] = c.v.of(kind, c.shape.Fields[kind], 1, salt)
}

// instance is one resource of the matrix.
type instance struct {
	testCase
	id     string // of the resource block
	steps  [4]any // the attribute's value as it is configured; [1] is what is done outside before the second plan
	doomed bool   // it is not changed, but deleted outside
}

func (i instance) address() string { return "gochron_" + i.noun.name + "." + i.id }

// instances of an attribute: one whose value is set, changed and cleared, and one that is null, empty and null again.
func (c testCase) instances() []instance {
	if c.noun.name == "notification_rule" {
		c.v = c.v.owners()
	}
	life := instance{testCase: c, id: c.label + "_life"}
	first, second := c.v.of(c.name(), c.node, 1, life.id), c.v.of(c.name(), c.node, 2, life.id)
	life.steps = [4]any{first, second, second, second}
	if !c.optional() || inseparable[c.trail()] != "" {
		return []instance{life}
	}
	life.steps[3] = absent{}
	none := instance{testCase: c, id: c.label + "_none"}
	none.steps = [4]any{nil, c.v.of(c.name(), c.node, 1, none.id), nil, absent{}}
	if empty, ok := c.empty(); ok {
		none.steps[2] = empty
	}
	return []instance{life, none}
}

// doomed is one more of the resource, to be deleted outside.
func (c testCase) doomed() instance {
	if c.noun.name == "notification_rule" {
		c.v = c.v.owners()
	}
	i := instance{testCase: c, id: c.noun.name + "_doomed", doomed: true}
	value := c.v.of(c.name(), c.node, 1, i.id)
	i.steps = [4]any{value, value, value, value}
	return i
}

// trail is the attribute's path, without the resource; what was lifted out of a channel's object is back in it.
func (c testCase) trail() string {
	path := strings.Join(c.path, ".")
	if c.shape.lifted[c.path[0]] {
		return c.noun.kind + "." + path
	}
	return path
}

func (i instance) configured(step int) map[string]any {
	return i.configuration(i.steps[step], i.id)
}

func (i instance) String() string {
	return fmt.Sprintf("%s (%s)", i.address(), strings.Join(i.path, "."))
}
