package provider

import (
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// toJSON is the body of a create or a replacement.
func (n noun) toJSON(s shape, plan, config tftypes.Value) (map[string]any, error) {
	body, err := s.ObjectToJSON(plan, config)
	if err != nil {
		return nil, err
	}
	delete(body, n.parent)
	for name := range s.variants {
		if _, there := body[name]; there {
			body["type"] = name
		}
	}
	if n.kind == "" {
		return body, nil
	}
	target := map[string]any{}
	for name := range s.lifted {
		f := s.Fields[name]
		if x, there := body[f.Property]; there && f.Property != "" {
			target[f.Property] = x
			delete(body, f.Property)
		}
	}
	body["type"] = n.kind
	body[n.kind] = target
	return body, nil
}

// toPatch makes of a whole body what changes a thing that cannot be replaced: what cannot change is left out, and what
// is not there is null, which is to say as it is by default.
func (n noun) toPatch(s shape, body map[string]any) map[string]any {
	patch := map[string]any{}
	for _, f := range s.Fields {
		if !f.ReadOnly && !f.Immutable && f.Property != "" {
			patch[f.Property] = body[f.Property]
		}
	}
	return patch
}

// toState is the state of an answer, beside what the state held before.
func (n noun) toState(s shape, answer map[string]any, prior tftypes.Value, parent string) (tftypes.Value, error) {
	flat := map[string]any{}
	for name, x := range answer {
		flat[name] = x
	}
	if n.parent != "" {
		flat[n.parent] = parent
	}
	if target, ok := answer[n.kind].(map[string]any); ok && n.kind != "" {
		delete(flat, n.kind)
		for name := range s.lifted {
			if f := s.Fields[name]; f != nil && f.Property != "" {
				flat[f.Property] = target[f.Property]
			}
		}
	}
	before, err := model.Attributes(prior)
	if err != nil {
		return tftypes.Value{}, err
	}
	for name := range s.once {
		f := s.Fields[name]
		if f == nil {
			continue
		}
		property := f.Property
		if was, text := before[name], ""; flat[property] == nil && was.IsKnown() && !was.IsNull() && was.As(&text) == nil {
			flat[property] = text
		}
	}
	return s.ToTerraform(flat, prior)
}

// pathOf is the attribute that a JSON pointer of a violation means, as far as it goes.
func (n noun) pathOf(s shape, pointer string) path.Path {
	p := path.Empty()
	at := s.Node
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if len(parts) > 1 && parts[0] == n.kind && n.kind != "" {
		parts = parts[1:]
	}
	for _, part := range parts {
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		switch at.Kind {
		case model.Object:
			name, next := attributeOf(at, part)
			if next == nil {
				return p
			}
			if len(p.Steps()) == 0 {
				p = path.Root(name)
			} else {
				p = p.AtName(name)
			}
			at = next
		case model.List:
			i, err := strconv.Atoi(part)
			if err != nil {
				return p
			}
			p, at = p.AtListIndex(i), at.Item
		default:
			return p
		}
	}
	return p
}

// attributeOf is the attribute that stands for a property; of several the first.
func attributeOf(of *model.Node, property string) (string, *model.Node) {
	for _, name := range of.Names() {
		if f := of.Fields[name]; f.Property == property {
			return name, f
		}
	}
	return "", nil
}
