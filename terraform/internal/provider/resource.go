package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/client"
	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// thing is the resource of any noun.
type thing struct {
	noun   noun
	shape  shape
	client *client.Client
}

var (
	_ resource.ResourceWithConfigure        = (*thing)(nil)
	_ resource.ResourceWithImportState      = (*thing)(nil)
	_ resource.ResourceWithModifyPlan       = (*thing)(nil)
	_ resource.ResourceWithConfigValidators = (*thing)(nil)
)

func newThing(n noun) func() resource.Resource {
	s := n.shape()
	return func() resource.Resource { return &thing{noun: n, shape: s} }
}

func (t *thing) Metadata(_ context.Context, r resource.MetadataRequest, out *resource.MetadataResponse) {
	out.TypeName = r.ProviderTypeName + "_" + t.noun.name
}

func (t *thing) Schema(_ context.Context, _ resource.SchemaRequest, out *resource.SchemaResponse) {
	replace := map[string]bool{t.noun.parent: true}
	for name, f := range t.shape.Fields {
		replace[name] = replace[name] || (t.noun.noEdit && !f.ReadOnly)
	}
	out.Schema = schema.Schema{MarkdownDescription: t.noun.doc, Attributes: model.ResourceAttributes(t.shape.Fields, replace)}
}

// ConfigValidators: a union has exactly one of its objects.
func (t *thing) ConfigValidators(context.Context) []resource.ConfigValidator {
	if len(t.shape.variants) == 0 {
		return nil
	}
	var one []path.Expression
	for _, name := range t.shape.Names() {
		if t.shape.variants[name] {
			one = append(one, path.MatchRoot(name))
		}
	}
	return []resource.ConfigValidator{resourcevalidator.ExactlyOneOf(one...)}
}

func (t *thing) Configure(_ context.Context, r resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if c, ok := r.ProviderData.(*client.Client); ok {
		t.client = c
	}
}

// The version that was read last stands in the private state: a write names it, so that nobody's edit is lost.
const versionKey = "version"

type private interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func keepVersion(ctx context.Context, to private, answer map[string]any) diag.Diagnostics {
	v, ok := answer["version"].(json.Number)
	if !ok {
		return nil
	}
	return to.SetKey(ctx, versionKey, []byte(v.String()))
}

func ifMatch(ctx context.Context, from interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}) string {
	v, _ := from.GetKey(ctx, versionKey)
	if len(v) == 0 {
		return ""
	}
	return `"` + string(v) + `"`
}

func (t *thing) collection(v tftypes.Value) string {
	return strings.ReplaceAll(t.noun.path, "{parent}", url.PathEscape(text(v, t.noun.parent)))
}

func (t *thing) item(v tftypes.Value) string { return t.collection(v) + "/" + url.PathEscape(text(v, "id")) }

func text(v tftypes.Value, name string) string {
	m, err := model.Attributes(v)
	if err != nil {
		return ""
	}
	s := ""
	if x, ok := m[name]; ok && x.IsKnown() && !x.IsNull() {
		_ = x.As(&s)
	}
	return s
}

func (t *thing) Create(ctx context.Context, r resource.CreateRequest, out *resource.CreateResponse) {
	body, err := t.noun.toJSON(t.shape, r.Plan.Raw, r.Config.Raw)
	if err != nil {
		t.fail(&out.Diagnostics, "create", err)
		return
	}
	answer, err := t.client.Do(ctx, client.Request{Method: http.MethodPost, Path: t.collection(r.Plan.Raw), Body: body})
	if err != nil {
		t.fail(&out.Diagnostics, "create", err)
		return
	}
	t.settle(ctx, &out.State, out.Private, answer, r.Plan.Raw, &out.Diagnostics)
}

// settle writes an answer into a state.
func (t *thing) settle(ctx context.Context, state *tfsdk.State, to private, answer any, prior tftypes.Value, d *diag.Diagnostics) {
	row, ok := answer.(map[string]any)
	if !ok {
		t.fail(d, "understand", fmt.Errorf("the answer is no object"))
		return
	}
	value, err := t.noun.toState(t.shape, row, prior, text(prior, t.noun.parent))
	if err != nil {
		t.fail(d, "understand", err)
		return
	}
	state.Raw = value
	d.Append(keepVersion(ctx, to, row)...)
}

func (t *thing) Read(ctx context.Context, r resource.ReadRequest, out *resource.ReadResponse) {
	row, err := t.find(ctx, r.State.Raw)
	if err != nil {
		t.fail(&out.Diagnostics, "read", err)
		return
	}
	if row == nil {
		out.State.RemoveResource(ctx)
		return
	}
	t.settle(ctx, &out.State, out.Private, row, r.State.Raw, &out.Diagnostics)
}

func (t *thing) find(ctx context.Context, state tftypes.Value) (map[string]any, error) {
	if !t.noun.single {
		return t.client.Get(ctx, t.collection(state), text(state, "id"))
	}
	answer, err := t.client.Do(ctx, client.Request{Method: http.MethodGet, Path: t.item(state)})
	if client.IsNotFound(err) {
		return nil, nil
	}
	row, _ := answer.(map[string]any)
	return row, err
}

func (t *thing) Update(ctx context.Context, r resource.UpdateRequest, out *resource.UpdateResponse) {
	body, err := t.noun.toJSON(t.shape, r.Plan.Raw, r.Config.Raw)
	if err != nil {
		t.fail(&out.Diagnostics, "update", err)
		return
	}
	answer, err := t.client.Do(ctx, client.Request{Method: http.MethodPut, Path: t.item(r.State.Raw), Body: body,
		IfMatch: ifMatch(ctx, r.Private)})
	if err != nil {
		t.fail(&out.Diagnostics, "update", err)
		return
	}
	t.settle(ctx, &out.State, out.Private, answer, r.Plan.Raw, &out.Diagnostics)
}

func (t *thing) Delete(ctx context.Context, r resource.DeleteRequest, out *resource.DeleteResponse) {
	match := ifMatch(ctx, r.Private)
	if t.noun.noEdit {
		match = ""
	}
	_, err := t.client.Do(ctx, client.Request{Method: http.MethodDelete, Path: t.item(r.State.Raw), IfMatch: match})
	if err != nil && !client.IsNotFound(err) {
		t.fail(&out.Diagnostics, "delete", err)
	}
}

// ModifyPlan asks the server what it thinks of a change, before anybody applies it. What depends on things that are not
// there yet is left to apply.
func (t *thing) ModifyPlan(ctx context.Context, r resource.ModifyPlanRequest, out *resource.ModifyPlanResponse) {
	if t.client == nil || r.Plan.Raw.IsNull() || r.Plan.Raw.Equal(r.State.Raw) || !t.shape.Known(r.Plan.Raw) {
		return
	}
	if !t.shape.Known(r.Config.Raw) {
		return
	}
	body, err := t.noun.toJSON(t.shape, r.Plan.Raw, r.Config.Raw)
	if err != nil {
		t.fail(&out.Diagnostics, "plan", err)
		return
	}
	ask := client.Request{Method: http.MethodPost, Path: t.collection(r.Plan.Raw), Body: body, Query: url.Values{"validate_only": {"true"}}}
	if !r.State.Raw.IsNull() && len(out.RequiresReplace) == 0 && !t.noun.noEdit {
		ask.Method, ask.Path = http.MethodPut, t.item(r.State.Raw)
	}
	if _, err := t.client.Do(ctx, ask); err != nil && worthPlanning(err, ask.Method) {
		t.fail(&out.Diagnostics, "plan", err)
	}
}

// A conflict may be gone when the plan is applied (its cause may be deleted by it), and so may a limit.
func worthPlanning(err error, method string) bool {
	var p *client.Problem
	if !errors.As(err, &p) {
		return false
	}
	return p.Status == http.StatusUnprocessableEntity && p.Code != "plan_limit_exceeded"
}

// ImportState takes an id, a key, or `<parent>/<id>`.
func (t *thing) ImportState(ctx context.Context, r resource.ImportStateRequest, out *resource.ImportStateResponse) {
	id, parent := r.ID, ""
	if t.noun.parent != "" {
		var ok bool
		if parent, id, ok = strings.Cut(r.ID, "/"); !ok {
			out.Diagnostics.AddError("No such import id", "Expected `<"+t.noun.parent+">/<id>`, got `"+r.ID+"`.")
			return
		}
		out.Diagnostics.Append(out.State.SetAttribute(ctx, path.Root(t.noun.parent), parent)...)
	} else if found, err := t.idOf(ctx, id); err != nil {
		t.fail(&out.Diagnostics, "import", err)
		return
	} else {
		id = found
	}
	out.Diagnostics.Append(out.State.SetAttribute(ctx, path.Root("id"), id)...)
}

// idOf finds the id behind a key; an id is taken for one.
func (t *thing) idOf(ctx context.Context, given string) (string, error) {
	if !t.noun.byKey {
		return given, nil
	}
	rows, err := t.client.Find(ctx, t.noun.path, url.Values{"key": {given}})
	if err == nil && len(rows) == 1 {
		if id, ok := rows[0]["id"].(string); ok {
			return id, nil
		}
	}
	return given, nil // ids hold an underscore and 26 characters: keys may look so, too, and keys win
}

// fail tells a problem where it belongs: at the attribute that the server means, with what to do.
func (t *thing) fail(d *diag.Diagnostics, what string, err error) {
	summary := fmt.Sprintf("Cannot %s this %s", what, strings.ReplaceAll(t.noun.name, "_", " "))
	var p *client.Problem
	if !errors.As(err, &p) {
		d.AddError(summary, err.Error())
		return
	}
	if p.Status == http.StatusPreconditionFailed {
		d.AddError("Changed since the plan", "Somebody has changed it since it was read: plan again, look at what changed, and apply that.\n"+p.Error())
		return
	}
	if len(p.Errors) == 0 {
		d.AddError(summary, p.Error()+remedy(p))
		return
	}
	for _, v := range p.Errors {
		at := t.noun.pathOf(t.shape, v.Pointer)
		detail := fmt.Sprintf("%s (%s, request %s)", v.Detail, v.Code, p.RequestID)
		if len(at.Steps()) == 0 {
			d.AddError(summary, v.Pointer+": "+detail)
		} else {
			d.AddAttributeError(at, summary, detail)
		}
	}
}

func remedy(p *client.Problem) string {
	switch p.Status {
	case http.StatusUnauthorized:
		return "\nThe token is unknown, revoked or expired: set `token` of the provider, or GOCHRON_TOKEN."
	case http.StatusForbidden:
		return "\nThe token lacks a scope: make one with it, or with `*:write`."
	case http.StatusConflict:
		if len(p.BlockedBy) > 0 {
			return "\nRemove what refers to it first; in one configuration, refer to it by its attribute, so that Terraform knows the order."
		}
	case http.StatusUnprocessableEntity:
		if p.Code == "plan_limit_exceeded" {
			return "\nThe organisation's plan holds no more: `gochron_limits` says what is used."
		}
	}
	return ""
}
