package provider

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

type privateState map[string][]byte

func (p privateState) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

func (p privateState) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) {
	return p[key], nil
}

func TestAVersionIsKnownForAsLongAsItsDescriptionIs(t *testing.T) {
	ctx, p := context.Background(), privateState{}
	if versionTag(ctx, p) != "" || knownTag(ctx, p) != "" {
		t.Error("nothing was read, and something is known")
	}
	keepVersion(ctx, p, map[string]any{"version": json.Number("7")})
	if versionTag(ctx, p) != `"7"` || knownTag(ctx, p) != `"7"` {
		t.Errorf("%s %s", versionTag(ctx, p), knownTag(ctx, p))
	}
	p[readByKey] = []byte("1") // by a provider that knew fewer attributes
	if versionTag(ctx, p) != `"7"` || knownTag(ctx, p) != "" {
		t.Error("what another description read is no reason to ask for news only")
	}
	for key, value := range p {
		if !json.Valid(value) {
			t.Errorf("%s holds what Terraform refuses: %s", key, value)
		}
	}
}
