package provider

import (
	"context"
	"errors"
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
	client api
}

// api is what a resource asks of a client.
type api interface {
	Do(ctx context.Context, r client.Request) (any, error)
	Get(ctx context.Context, path, id, known string) (map[string]any, error)
	Find(ctx context.Context, path string, query map[string][]string) ([]map[string]any, error)
}

var (
	_ resource.ResourceWithConfigure        = (*thing)(nil)
	_ resource.ResourceWithImportState      = (*thing)(nil)
	_ resource.ResourceWithIdentity         = (*thing)(nil)
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
	out.Schema = schema.Schema{MarkdownDescription: t.noun.doc(), Attributes: model.ResourceAttributes(t.shape.Fields)}
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
	if c, ok := r.ProviderData.(api); ok {
		t.client = c
	}
}

// configured says, and tells, whether it is known whom to ask.
func (t *thing) configured(d *diag.Diagnostics) bool {
	if t.client == nil {
		d.Append(unconfigured())
	}
	return t.client != nil
}

func (t *thing) collection(v tftypes.Value) string {
	return strings.ReplaceAll(t.noun.Path, "{id}", url.PathEscape(text(v, t.noun.parent)))
}

func (t *thing) item(v tftypes.Value) string {
	return t.collection(v) + "/" + url.PathEscape(text(v, "id"))
}

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

// Create makes it. When it is made and its answer does not read, it is there all the same: the state says which it is.
func (t *thing) Create(ctx context.Context, r resource.CreateRequest, out *resource.CreateResponse) {
	if !t.configured(&out.Diagnostics) {
		return
	}
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
	t.settle(ctx, target{&out.State, out.Private, out.Identity}, answer, r.Plan.Raw, &out.Diagnostics)
}

// target is where an answer goes.
type target struct {
	state    *tfsdk.State
	private  keeper
	identity *tfsdk.ResourceIdentity
}

// settle writes an answer into a state, the private state and the identity.
func (t *thing) settle(ctx context.Context, to target, answer any, prior tftypes.Value, d *diag.Diagnostics) {
	row, ok := answer.(map[string]any)
	if !ok {
		t.fail(d, "understand", errors.New("the answer is no object"))
		return
	}
	value, err := t.noun.toState(t.shape, row, prior, text(prior, t.noun.parent))
	if err != nil {
		t.fail(d, "understand", err)
		if id, made := row["id"].(string); made && to.state.Raw.IsNull() {
			d.Append(to.state.SetAttribute(ctx, path.Root("id"), id)...)
		}
		return
	}
	to.state.Raw = value
	d.Append(keepVersion(ctx, to.private, row)...)
	d.Append(t.identify(ctx, to.identity, value)...)
}

// Read asks for it, together with whatever else is read at the time. What is gone leaves the state. While it is not known
// yet whom to ask, which can be so in a plan, the state stays as it is.
func (t *thing) Read(ctx context.Context, r resource.ReadRequest, out *resource.ReadResponse) {
	if t.client == nil {
		out.Diagnostics.Append(t.identify(ctx, out.Identity, r.State.Raw)...)
		return
	}
	row, err := t.find(ctx, r.State.Raw, knownTag(ctx, r.Private))
	if err == nil {
		err = t.noun.isOurs(row)
	}
	switch {
	case errors.Is(err, client.ErrUnchanged):
		out.Diagnostics.Append(t.identify(ctx, out.Identity, r.State.Raw)...)
	case err != nil:
		t.fail(&out.Diagnostics, "read", err)
	case row == nil:
		out.Diagnostics.Append(t.identify(ctx, out.Identity, r.State.Raw)...)
		out.State.RemoveResource(ctx)
	default:
		t.settle(ctx, target{&out.State, out.Private, out.Identity}, row, r.State.Raw, &out.Diagnostics)
	}
}

func (t *thing) find(ctx context.Context, state tftypes.Value, known string) (map[string]any, error) {
	if t.noun.Batch {
		return t.client.Get(ctx, t.collection(state), text(state, "id"), known)
	}
	answer, err := t.client.Do(ctx, client.Request{Method: http.MethodGet, Path: t.item(state)})
	if client.IsNotFound(err) {
		return nil, nil
	}
	row, _ := answer.(map[string]any)
	return row, err
}

// Update replaces it, provided that it still is what the plan was made of.
func (t *thing) Update(ctx context.Context, r resource.UpdateRequest, out *resource.UpdateResponse) {
	if !t.configured(&out.Diagnostics) {
		return
	}
	body, err := t.noun.toJSON(t.shape, r.Plan.Raw, r.Config.Raw)
	if err != nil {
		t.fail(&out.Diagnostics, "update", err)
		return
	}
	change := t.change(r.State.Raw, body)
	change.IfMatch = versionTag(ctx, r.Private)
	answer, err := t.write(ctx, change, r.State.Raw, r.Plan.Raw)
	if err != nil {
		t.fail(&out.Diagnostics, "update", err)
		return
	}
	t.settle(ctx, target{&out.State, out.Private, out.Identity}, answer, r.Plan.Raw, &out.Diagnostics)
}

// change is the request that makes what there is into `body`.
func (t *thing) change(state tftypes.Value, body map[string]any) client.Request {
	if t.noun.Put {
		return client.Request{Method: http.MethodPut, Path: t.item(state), Body: body}
	}
	return client.Request{Method: http.MethodPatch, Path: t.item(state), Body: t.noun.toPatch(t.shape, body)}
}

// Delete removes it, unless it has changed since it was read. That it is gone already is fine.
func (t *thing) Delete(ctx context.Context, r resource.DeleteRequest, out *resource.DeleteResponse) {
	if !t.configured(&out.Diagnostics) {
		return
	}
	removal := client.Request{Method: http.MethodDelete, Path: t.item(r.State.Raw)}
	if t.noun.IfMatch {
		removal.IfMatch = versionTag(ctx, r.Private)
	}
	_, err := t.client.Do(ctx, removal)
	switch {
	case err == nil || client.IsNotFound(err):
	case t.past(err):
		out.Diagnostics.AddWarning("Left as it is", err.Error()+"\nIt is no longer in Terraform's state.")
	default:
		t.fail(&out.Diagnostics, "delete", err)
	}
}

// past says whether a thing that cannot be changed cannot be deleted either: it is over, and history keeps it.
func (t *thing) past(err error) bool {
	var p *client.Problem
	return !t.noun.editable() && errors.As(err, &p) && p.Status == http.StatusConflict && len(p.BlockedBy) == 0
}
