package model

import (
	"fmt"
	"math"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// choice is there at the first of the attributes that stand for one property: it looks at all of them.
func (n *Node) choice(name string) *oneOf {
	if len(n.OneOf) == 0 || n.OneOf[0] != name {
		return nil
	}
	return &oneOf{names: n.OneOf, must: n.MustChoose}
}

func (n *Node) integerValidators() []validator.Int64 {
	var all []validator.Int64
	switch {
	case n.Min != nil && n.Max != nil:
		all = append(all, int64validator.Between(int64(*n.Min), int64(*n.Max)))
	case n.Min != nil:
		all = append(all, int64validator.AtLeast(int64(*n.Min)))
	case n.Max != nil:
		all = append(all, int64validator.AtMost(int64(*n.Max)))
	}
	if n.Not != nil {
		all = append(all, int64validator.NoneOf(int64(*n.Not)))
	}
	return all
}

func (n *Node) numberValidators() []validator.Float64 {
	var all []validator.Float64
	if n.Min != nil {
		all = append(all, float64validator.AtLeast(*n.Min))
	}
	if n.Max != nil {
		all = append(all, float64validator.AtMost(*n.Max))
	}
	return all
}

// boolValidators: what says that there is no limit says so in place of one.
func (n *Node) boolValidators() []validator.Bool {
	if n.NullOf == "" {
		return nil
	}
	return []validator.Bool{insteadOf{n.NullOf, n.NullInstead}}
}

func (n *Node) stringValidators() []validator.String {
	var all []validator.String
	if len(n.Enum) > 0 {
		return append(all, stringvalidator.OneOf(n.Enum...))
	}
	if n.Kind == String {
		if lo, hi, given := n.sizes(); given {
			all = append(all, stringvalidator.UTF8LengthBetween(lo, hi))
		}
	}
	if n.Pattern != "" && !n.ReadOnly {
		all = append(all, stringvalidator.RegexMatches(regexp.MustCompile(n.Pattern), "must match "+n.Pattern))
	}
	return all
}

func (n *Node) listValidators() []validator.List {
	var all []validator.List
	if n.ReadOnly {
		return nil
	}
	if lo, hi, given := n.sizes(); given {
		all = append(all, listvalidator.SizeBetween(lo, hi))
	}
	if n.Unique {
		all = append(all, uniqueValues{})
	}
	switch n.Item.Kind {
	case String, Timestamp:
		if v := n.Item.stringValidators(); len(v) > 0 {
			all = append(all, listvalidator.ValueStringsAre(v...))
		}
	case Integer:
		if v := n.Item.integerValidators(); len(v) > 0 {
			all = append(all, listvalidator.ValueInt64sAre(v...))
		}
	case Set:
		all = append(all, listvalidator.ValueSetsAre(n.Item.setValidators()...))
	case List:
		all = append(all, listvalidator.ValueListsAre(n.Item.listValidators()...))
	}
	return all
}

func (n *Node) setValidators() []validator.Set {
	var all []validator.Set
	if n.ReadOnly {
		return nil
	}
	if lo, hi, given := n.sizes(); given {
		all = append(all, setvalidator.SizeBetween(lo, hi))
	}
	switch n.Item.Kind {
	case String, Timestamp:
		if v := n.Item.stringValidators(); len(v) > 0 {
			all = append(all, setvalidator.ValueStringsAre(v...))
		}
	case Integer:
		if v := n.Item.integerValidators(); len(v) > 0 {
			all = append(all, setvalidator.ValueInt64sAre(v...))
		}
	case Object, List, Set:
		panic(fmt.Sprintf("a set of what no validator knows: %s", n.Property))
	}
	return all
}

func (n *Node) objectValidators() []validator.Object {
	if n.ReadOnly || n.Default == nil || !n.HasSecret() {
		return nil
	}
	return []validator.Object{notTheDefault{n}}
}

func (n *Node) sizes() (lo, hi int, given bool) {
	hi = math.MaxInt32
	if n.MinLen != nil {
		lo, given = *n.MinLen, true
	}
	if n.MaxLen != nil {
		hi, given = *n.MaxLen, true
	}
	return lo, hi, given && !n.ReadOnly
}
