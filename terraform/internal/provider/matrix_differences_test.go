package provider

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/harness"
	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// valueOf is a configuration as Terraform hands it over: what is not written is null.
func valueOf(n *model.Node, x any) tftypes.Value {
	t := n.TerraformType()
	if x == nil {
		return tftypes.NewValue(t, nil)
	}
	switch n.Kind {
	case model.Object:
		given := x.(map[string]any)
		all := map[string]tftypes.Value{}
		for name, f := range n.Fields {
			all[name] = valueOf(f, given[name])
		}
		return tftypes.NewValue(t, all)
	case model.List, model.Set:
		var all []tftypes.Value
		for _, item := range x.([]any) {
			all = append(all, valueOf(n.Item, item))
		}
		return tftypes.NewValue(t, all)
	case model.Integer, model.Number:
		switch number := x.(type) {
		case int:
			return tftypes.NewValue(t, int64(number))
		default:
			return tftypes.NewValue(t, number)
		}
	}
	return tftypes.NewValue(t, x)
}

// differences are the paths at which a plan's two sides differ.
func differences(before, after, unknown any, at string) []string {
	b, isMap := before.(map[string]any)
	a, also := after.(map[string]any)
	if !isMap || !also {
		return leafDifferences(before, after, unknown, at)
	}
	u, _ := unknown.(map[string]any)
	var all []string
	names := map[string]bool{}
	for name := range b {
		names[name] = true
	}
	for name := range a {
		names[name] = true
	}
	for name := range u {
		names[name] = true
	}
	for name := range names {
		all = append(all, differences(b[name], a[name], u[name], join(at, name))...)
	}
	return all
}

func leafDifferences(before, after, unknown any, at string) []string {
	b, isList := before.([]any)
	a, also := after.([]any)
	if isList && also && len(a) == len(b) && len(a) > 0 {
		if _, objects := a[0].(map[string]any); objects {
			u, _ := unknown.([]any)
			var all []string
			for i := range a {
				var inner any
				if i < len(u) {
					inner = u[i]
				}
				all = append(all, differences(b[i], a[i], inner, join(at, fmt.Sprint(i)))...)
			}
			return all
		}
	}
	if unknown == true || !reflect.DeepEqual(before, after) {
		return []string{at}
	}
	return nil
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

func difference(c harness.Change) string {
	var all []string
	for _, path := range differences(c.Change.Before, c.Change.After, c.Change.Unknown, "") {
		all = append(all, fmt.Sprintf("%s %s -> %s", path, lookup(c.Change.Before, path), lookup(c.Change.After, path)))
	}
	return strings.Join(all, "; ")
}

func lookup(x any, path string) string {
	for _, name := range strings.Split(path, ".") {
		switch v := x.(type) {
		case map[string]any:
			x = v[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(v) {
				return "?"
			}
			x = v[i]
		}
	}
	text, err := json.Marshal(x)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
