package model

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// AttrType is the framework's type of its values.
func (n *Node) AttrType() attr.Type {
	switch n.Kind {
	case Timestamp:
		return timetypes.RFC3339Type{}
	case Integer:
		return types.Int64Type
	case Number:
		return types.Float64Type
	case Bool:
		return types.BoolType
	case List:
		return types.ListType{ElemType: n.Item.AttrType()}
	case Set:
		return types.SetType{ElemType: n.Item.AttrType()}
	case Object:
		all := map[string]attr.Type{}
		for name, f := range n.Fields {
			all[name] = f.AttrType()
		}
		return types.ObjectType{AttrTypes: all}
	}
	return types.StringType
}

// defaultValue is the default as the framework has it, with the defaults of what is in it.
func (n *Node) defaultValue() attr.Value {
	v, err := n.ToTerraform(n.Default, tftypes.NewValue(n.TerraformType(), nil))
	if err != nil {
		panic(err)
	}
	value, err := n.AttrType().ValueFromTerraform(context.Background(), v)
	if err != nil {
		panic(fmt.Sprintf("a default that is no value: %v", err))
	}
	return value
}
