package provider

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func TestEveryResourceIsImportedByItsIdentity(t *testing.T) {
	ctx := context.Background()
	server, err := providerserver.NewProtocol6WithError(New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil || len(schemas.Diagnostics) > 0 || len(schemas.IdentitySchemas) != len(nouns()) {
		t.Fatalf("%v %v: %d of %d", err, schemas.Diagnostics, len(schemas.IdentitySchemas), len(nouns()))
	}
	for _, n := range nouns() {
		prefix, _, _ := strings.Cut(strings.TrimPrefix(n.shape().Fields["id"].Pattern, "^"), "_")
		id := prefix + "_01jd9e6h6gf4g8w1q6v5q8z3ab"
		given := map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, id)}
		types := map[string]tftypes.Type{"id": tftypes.String}
		if n.parent != "" {
			given[n.parent], types[n.parent] = tftypes.NewValue(tftypes.String, "y_1"), tftypes.String
		}
		kind := tftypes.Object{AttributeTypes: types}
		identity, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, given))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: "gochron_" + n.name,
			Identity: &tfprotov6.ResourceIdentityData{IdentityData: &identity}})
		if err != nil || len(answer.Diagnostics) > 0 || len(answer.ImportedResources) != 1 {
			t.Errorf("%s: %v %+v", n.name, err, answer.Diagnostics)
			continue
		}
		state, err := answer.ImportedResources[0].State.Unmarshal(n.shape().TerraformType())
		if err != nil || text(state, "id") != id || (n.parent != "" && text(state, n.parent) != "y_1") {
			t.Errorf("%s: %v %v", n.name, state, err)
		}
	}
}
