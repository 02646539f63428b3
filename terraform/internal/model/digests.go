package model

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// PlanDigests says in a plan what the fingerprints of its secrets will be. So a secret that changes, here or outside,
// is seen, although no state holds it.
func (n *Node) PlanDigests(plan, config, state tftypes.Value) (tftypes.Value, error) {
	if n.Kind != Object || plan.IsNull() || !plan.IsKnown() || !n.hasDigest() {
		return plan, nil
	}
	planned, err := Attributes(plan)
	if err != nil {
		return plan, err
	}
	configured, err := Attributes(config)
	if err != nil {
		return plan, err
	}
	before, err := Attributes(state)
	if err != nil {
		return plan, err
	}
	planned = maps.Clone(planned) // the plan's own is not ours to change
	for name, f := range n.Fields {
		if f.DigestOf != "" {
			planned[name] = digest(configured[f.DigestOf])
		}
	}
	for name, f := range n.Fields {
		switch {
		case f.FollowsOf != "":
			planned[name] = n.follow(f, planned, before, name)
		case f.Kind == Object:
			if planned[name], err = f.PlanDigests(planned[name], configured[name], before[name]); err != nil {
				return plan, err
			}
		}
	}
	return tftypes.NewValue(n.TerraformType(), planned), nil
}

func (n *Node) hasDigest() bool {
	for _, f := range n.Fields {
		if f.DigestOf != "" || (f.Kind == Object && f.hasDigest()) {
			return true
		}
	}
	return false
}

// follow is what tells of a secret besides its digest: as it was while the digest is.
func (n *Node) follow(f *Node, planned, before map[string]tftypes.Value, name string) tftypes.Value {
	for other, d := range n.Fields {
		if d.DigestOf == f.FollowsOf && before[other].Type() != nil && planned[other].Equal(before[other]) {
			return before[name]
		}
	}
	return tftypes.NewValue(f.TerraformType(), tftypes.UnknownValue)
}

// digest is how the API tells secrets apart: 16 hexadecimal digits of the SHA-256.
func digest(secret tftypes.Value) tftypes.Value {
	if secret.Type() == nil || secret.IsNull() {
		return tftypes.NewValue(tftypes.String, nil)
	}
	text := ""
	if !secret.IsKnown() || secret.As(&text) != nil {
		return tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	}
	sum := sha256.Sum256([]byte(text))
	return tftypes.NewValue(tftypes.String, hex.EncodeToString(sum[:])[:16])
}
