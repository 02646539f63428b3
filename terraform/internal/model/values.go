package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"sort"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Decode reads JSON with exact numbers.
func Decode(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return nil, err
	}
	return x, nil
}

// ToTerraform makes the value of a state from an answer. `prior` is what the state held before (null of any type: it
// held nothing); what the API never answers comes from there.
func (n *Node) ToTerraform(answer any, prior tftypes.Value) (tftypes.Value, error) {
	t := n.TerraformType()
	if n.VersionOf != "" {
		if prior.IsNull() || !prior.IsKnown() {
			return tftypes.NewValue(t, nil), nil
		}
		return prior, nil
	}
	if answer == nil || n.WriteOnly || n.isUnwrittenDefault(answer, prior) {
		return tftypes.NewValue(t, nil), nil
	}
	if !n.holds(answer) {
		return tftypes.Value{}, fmt.Errorf("%v is not what was expected: the server may be newer than this provider", answer)
	}
	switch x := answer.(type) {
	case string:
		return tftypes.NewValue(t, x), nil
	case bool:
		return tftypes.NewValue(t, x), nil
	case json.Number:
		f, _, err := big.ParseFloat(x.String(), 10, 512, big.ToNearestEven)
		if err != nil {
			return tftypes.Value{}, err
		}
		return tftypes.NewValue(t, f), nil
	case []any:
		return n.array(x, prior)
	case map[string]any:
		return n.object(x, prior)
	}
	return tftypes.Value{}, fmt.Errorf("an answer of an unknown kind: %T", answer)
}

// What nobody wrote, and is as it is when nobody writes it, stays null.
func (n *Node) isUnwrittenDefault(answer any, prior tftypes.Value) bool {
	return !n.Required && !n.ReadOnly && n.Default != nil && !n.DefaultKnown() && prior.IsNull() && n.same(answer, n.Default)
}

// same compares what is answered with what would be written; secrets are in neither.
func (n *Node) same(answer, written any) bool {
	if n.WriteOnly || n.VersionOf != "" || n.NullOf != "" {
		return true
	}
	if n.Kind != Object {
		return equal(answer, written)
	}
	a, ok := answer.(map[string]any)
	w, also := written.(map[string]any)
	if !ok || !also {
		return answer == nil && written == nil
	}
	for _, f := range n.Fields {
		if !f.ReadOnly && !f.same(a[f.Property], w[f.Property]) {
			return false
		}
	}
	return true
}

// equal compares JSON.
func equal(a, b any) bool { return reflect.DeepEqual(a, b) }

// holds says whether an answer is of this attribute's type: of those that stand for one property one is.
func (n *Node) holds(answer any) bool {
	switch x := answer.(type) {
	case string:
		return n.Kind == String || n.Kind == Timestamp
	case bool:
		return n.Kind == Bool
	case json.Number:
		return n.Kind == Integer || n.Kind == Number
	case map[string]any:
		return n.Kind == Object
	case []any:
		return (n.Kind == List || n.Kind == Set) && (len(x) == 0 || n.Item.holds(x[0]))
	}
	return answer == nil
}

func (n *Node) array(items []any, prior tftypes.Value) (tftypes.Value, error) {
	var before []tftypes.Value
	if prior.IsKnown() && !prior.IsNull() && n.Kind == List {
		if err := prior.As(&before); err != nil {
			return tftypes.Value{}, err
		}
	}
	values := make([]tftypes.Value, len(items))
	for i, item := range items {
		was := tftypes.NewValue(n.Item.TerraformType(), nil)
		if i < len(before) {
			was = before[i]
		}
		v, err := n.Item.ToTerraform(item, was)
		if err != nil {
			return tftypes.Value{}, err
		}
		values[i] = v
	}
	return tftypes.NewValue(n.TerraformType(), values), nil
}

func (n *Node) object(x map[string]any, prior tftypes.Value) (tftypes.Value, error) {
	before, err := Attributes(prior)
	if err != nil {
		return tftypes.Value{}, err
	}
	values := map[string]tftypes.Value{}
	for name, f := range n.Fields {
		was, ok := before[name]
		if !ok {
			was = tftypes.NewValue(f.TerraformType(), nil)
		}
		answer := x[f.Property]
		switch {
		case f.NullOf != "":
			answer = x[f.NullOf] == nil
		case answer == nil && f.Nullable && f.Default != nil:
			answer = f.Default
		case len(f.OneOf) > 0 && !f.holds(answer):
			answer = nil
		}
		if values[name], err = f.ToTerraform(answer, was); err != nil {
			return tftypes.Value{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return tftypes.NewValue(n.TerraformType(), values), nil
}

// Attributes of an object's value; none when it is null or unknown.
func Attributes(v tftypes.Value) (map[string]tftypes.Value, error) {
	m := map[string]tftypes.Value{}
	if v.IsNull() || !v.IsKnown() {
		return m, nil
	}
	return m, v.As(&m)
}

// ToJSON makes what is written from a plan. Secrets come from `config`, which is never kept. What is null or unknown is
// left out: the API gives it its default.
func (n *Node) ToJSON(plan, config tftypes.Value) (any, bool, error) {
	v := plan
	if n.WriteOnly {
		v = config
	}
	if n.ReadOnly || n.VersionOf != "" || v.IsNull() || !v.IsKnown() {
		return nil, false, nil
	}
	switch n.Kind {
	case String, Timestamp:
		var s string
		err := v.As(&s)
		return s, true, err
	case Bool:
		var b bool
		err := v.As(&b)
		return b, true, err
	case Integer, Number:
		f := new(big.Float)
		err := v.As(&f)
		return json.Number(f.Text('f', -1)), true, err
	case List, Set:
		return n.arrayToJSON(v, config)
	}
	x, err := n.ObjectToJSON(v, config)
	return x, true, err
}

func (n *Node) arrayToJSON(v, config tftypes.Value) (any, bool, error) {
	var items, secrets []tftypes.Value
	if err := v.As(&items); err != nil {
		return nil, false, err
	}
	if n.Kind == List && config.IsKnown() && !config.IsNull() {
		if err := config.As(&secrets); err != nil {
			return nil, false, err
		}
	}
	all := []any{}
	for i, item := range items {
		from := tftypes.NewValue(n.Item.TerraformType(), nil)
		if i < len(secrets) {
			from = secrets[i]
		}
		x, given, err := n.Item.ToJSON(item, from)
		if err != nil {
			return nil, false, err
		}
		if given {
			all = append(all, x)
		}
	}
	if n.Kind == Set { // so that two writings of one set are the same request
		sort.Slice(all, func(a, b int) bool { return fmt.Sprint(all[a]) < fmt.Sprint(all[b]) })
	}
	return all, true, nil
}

// ObjectToJSON is ToJSON of an object that is there.
func (n *Node) ObjectToJSON(plan, config tftypes.Value) (map[string]any, error) {
	planned, err := Attributes(plan)
	if err != nil {
		return nil, err
	}
	configured, err := Attributes(config)
	if err != nil {
		return nil, err
	}
	x := map[string]any{}
	for _, name := range n.Names() { // a `..._unlimited` comes behind what it is about
		f := n.Fields[name]
		p, ok := planned[name]
		if !ok {
			continue
		}
		if f.NullOf != "" {
			var unlimited bool
			if p.IsKnown() && !p.IsNull() && p.As(&unlimited) == nil && unlimited {
				x[f.NullOf] = nil
			}
			continue
		}
		c, ok := configured[name]
		if !ok {
			c = tftypes.NewValue(f.TerraformType(), nil)
		}
		value, given, err := f.ToJSON(p, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if given {
			x[f.Property] = value
		}
	}
	return x, nil
}

// Known says whether nothing that is written is unknown yet.
func (n *Node) Known(v tftypes.Value) bool {
	if n.ReadOnly {
		return true
	}
	if !v.IsKnown() {
		return false
	}
	if v.IsNull() {
		return true
	}
	switch n.Kind {
	case List, Set:
		var items []tftypes.Value
		if v.As(&items) != nil {
			return false
		}
		for _, item := range items {
			if !n.Item.Known(item) {
				return false
			}
		}
	case Object:
		m, err := Attributes(v)
		if err != nil {
			return false
		}
		for name, f := range n.Fields {
			if x, ok := m[name]; ok && !f.Known(x) {
				return false
			}
		}
	}
	return true
}
