package provider

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

func TestTheSchemasAreWhatTerraformTakes(t *testing.T) {
	server, err := providerserver.NewProtocol6WithError(New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range schemas.Diagnostics {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
	if len(schemas.ResourceSchemas) != len(nouns()) {
		t.Errorf("%d schemas of %d nouns", len(schemas.ResourceSchemas), len(nouns()))
	}
}

// What the API has a POST and a DELETE for is a resource, or somebody has said why not.
func TestEveryNounIsAResourceOrHasAReasonNotToBe(t *testing.T) {
	resources, known := map[string]bool{}, map[string]bool{}
	for _, n := range nouns() {
		resources[n.Name] = true
		if n.parent == "" && strings.Contains(n.Path, "{") {
			t.Errorf("%s is beneath something that no attribute names: say in `parents` what it is called", n.name)
		}
	}
	for _, c := range openapi.Embedded().Collections() {
		known[c.Name] = true
		reason, left := notConfigured[c.Name]
		if resources[c.Name] == left || (left && reason == "") {
			t.Errorf("%s: resource %v, left out %v because %q", c.Name, resources[c.Name], left, reason)
		}
	}
	for _, table := range []map[string]string{notConfigured, renamed, parents} {
		for name := range table {
			if !known[name] {
				t.Errorf("a table names %s, which the API does not have", name)
			}
		}
	}
}

// What is only answered is a fact of its life, or given once and for all, or tells of a secret. Else it would be unknown
// in the plan of each edit.
func TestEveryAnswerIsOfAKindThatPlansKnow(t *testing.T) {
	for _, n := range nouns() {
		s := n.shape()
		for name, f := range s.Fields {
			if f.ReadOnly && !f.Constant && f.DigestOf == "" && f.FollowsOf == "" {
				t.Errorf("%s.%s: is it a fact of its life (`runtime`), or `constant`?", n.name, name)
			}
		}
	}
}
