package provider

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// IdentitySchema: an id, and the parent's where ids are looked up beneath one.
func (t *thing) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, out *resource.IdentitySchemaResponse) {
	all := map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "Its id."},
	}
	if t.noun.parent != "" {
		all[t.noun.parent] = identityschema.StringAttribute{RequiredForImport: true, Description: "Its parent's id."}
	}
	out.IdentitySchema = identityschema.Schema{Attributes: all}
}

// identify writes the identity of what a state holds. Terraform before 1.12 has none, and nothing is asked for.
func (t *thing) identify(ctx context.Context, to *tfsdk.ResourceIdentity, state tftypes.Value) diag.Diagnostics {
	if to == nil {
		return nil
	}
	d := to.SetAttribute(ctx, path.Root("id"), text(state, "id"))
	if t.noun.parent != "" {
		d.Append(to.SetAttribute(ctx, path.Root(t.noun.parent), text(state, t.noun.parent))...)
	}
	return d
}

// ImportState takes an id, a key (`key:shop`, or without the prefix), `<parent>/<id>`, or an identity.
func (t *thing) ImportState(ctx context.Context, r resource.ImportStateRequest, out *resource.ImportStateResponse) {
	id, parent := r.ID, ""
	if r.ID == "" && r.Identity != nil {
		out.Diagnostics.Append(r.Identity.GetAttribute(ctx, path.Root("id"), &id)...)
		if t.noun.parent != "" {
			out.Diagnostics.Append(r.Identity.GetAttribute(ctx, path.Root(t.noun.parent), &parent)...)
		}
	} else if t.noun.parent != "" {
		var ok bool
		if parent, id, ok = strings.Cut(r.ID, "/"); !ok || parent == "" || id == "" {
			out.Diagnostics.AddError("No such import id", "Expected `<"+t.noun.parent+">/<id>`, got `"+r.ID+"`.")
		}
	} else {
		id = t.idOf(ctx, r.ID, &out.Diagnostics)
	}
	if out.Diagnostics.HasError() || !t.isID(id, &out.Diagnostics) {
		return
	}
	out.Diagnostics.Append(out.State.SetAttribute(ctx, path.Root("id"), id)...)
	if t.noun.parent != "" {
		out.Diagnostics.Append(out.State.SetAttribute(ctx, path.Root(t.noun.parent), parent)...)
	}
	out.Diagnostics.Append(t.identify(ctx, out.Identity, out.State.Raw)...)
}

// isID says, and tells, whether something has the form of an id of this noun. What has not would spoil the reading of others,
// which are asked for together with it.
func (t *thing) isID(given string, d *diag.Diagnostics) bool {
	pattern := t.shape.Fields["id"].Pattern
	if pattern == "" || regexp.MustCompile(pattern).MatchString(given) {
		return true
	}
	prefix, _, _ := strings.Cut(strings.TrimPrefix(pattern, "^"), "_")
	text := fmt.Sprintf("`%s` is no id of this kind: those begin with `%s_`.", given, prefix)
	if t.noun.Keyed {
		text = fmt.Sprintf("Nothing of this kind has the key `%s`, and it is no id: those begin with `%s_`. Import by an id, or by `key:<key>`.", given, prefix)
	}
	d.AddError("No such import id", text)
	return false
}

// idOf finds the id behind a key. An id is taken for one, unless something has it for its key.
func (t *thing) idOf(ctx context.Context, given string, d *diag.Diagnostics) string {
	if !t.noun.Keyed && !strings.HasPrefix(given, "key:") {
		return given
	}
	if !t.configured(d) {
		return ""
	}
	key, explicit := strings.CutPrefix(given, "key:")
	if !t.noun.Keyed {
		d.AddError("No such import id", "These have no keys: import by id.")
		return ""
	}
	rows, err := t.client.Find(ctx, t.noun.Path, url.Values{"key": {key}})
	if err != nil && explicit {
		t.fail(d, "import", err)
		return ""
	}
	if err == nil && len(rows) == 1 {
		if id, ok := rows[0]["id"].(string); ok {
			return id
		}
	}
	if explicit {
		d.AddError("No such key", "Nothing of this kind has the key `"+key+"`.")
	}
	return given
}
