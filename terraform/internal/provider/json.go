package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"strconv"
	"strings"

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
		if x, there := body[name]; there {
			target[name] = x
			delete(body, name)
		}
	}
	body["type"] = n.kind
	body[n.kind] = target
	return body, nil
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
			flat[name] = target[name]
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
			next, ok := at.Fields[part]
			if !ok {
				return p
			}
			if len(p.Steps()) == 0 {
				p = path.Root(part)
			} else {
				p = p.AtName(part)
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
