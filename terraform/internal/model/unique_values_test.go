package model

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestWhatIsNotKnownYetIsNoDuplicate(t *testing.T) {
	text := func(x string) attr.Value { return types.StringValue(x) }
	target := func(id attr.Value) attr.Value {
		return types.ObjectValueMust(map[string]attr.Type{"type": types.StringType, "id": types.StringType},
			map[string]attr.Value{"type": types.StringValue("user"), "id": id})
	}
	unknown := types.StringUnknown()
	for name, c := range map[string]struct {
		of      attr.Type
		items   []attr.Value
		refused int
	}{
		"different":                  {types.StringType, []attr.Value{text("a"), text("b")}, 0},
		"the same":                   {types.StringType, []attr.Value{text("a"), text("b"), text("a")}, 1},
		"unknown":                    {types.StringType, []attr.Value{unknown, unknown}, 0},
		"an id that is unknown":      {target(unknown).Type(context.Background()), []attr.Value{target(unknown), target(unknown)}, 0},
		"an id that is the same":     {target(unknown).Type(context.Background()), []attr.Value{target(text("a")), target(text("a"))}, 1},
		"known and unknown together": {types.StringType, []attr.Value{text("a"), unknown, text("a")}, 1},
		"nothing":                    {types.StringType, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var out validator.ListResponse
			uniqueValues{}.ValidateList(context.Background(), validator.ListRequest{ConfigValue: types.ListValueMust(c.of, c.items)}, &out)
			if got := out.Diagnostics.ErrorsCount(); got != c.refused {
				t.Errorf("refused %d times, not %d: %v", got, c.refused, out.Diagnostics)
			}
		})
	}
}
