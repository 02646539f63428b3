package provider

import (
	"context"
	"net/http"
	"sort"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gochron/terraform-provider-gochron/internal/client"
)

// ephemeralToken is an API token that lives as long as Terraform works with it: made when it is opened, deleted when it
// is closed, prolonged in between, and dead by itself soon after should Terraform die.
type ephemeralToken struct{ asksForAWhile }

var (
	_ ephemeral.EphemeralResourceWithConfigure = (*ephemeralToken)(nil)
	_ ephemeral.EphemeralResourceWithRenew     = (*ephemeralToken)(nil)
	_ ephemeral.EphemeralResourceWithClose     = (*ephemeralToken)(nil)
)

func newEphemeralToken() ephemeral.EphemeralResource { return &ephemeralToken{} }

const (
	usualLifetime = 3600
	tokenKey      = "token"
)

func (e *ephemeralToken) Metadata(_ context.Context, r ephemeral.MetadataRequest, out *ephemeral.MetadataResponse) {
	out.TypeName = r.ProviderTypeName + "_api_token"
}

func (e *ephemeralToken) Schema(_ context.Context, _ ephemeral.SchemaRequest, out *ephemeral.SchemaResponse) {
	out.Schema = schema.Schema{
		MarkdownDescription: "An API token that lives as long as Terraform works with it: made when it is needed, deleted when the run ends, in neither state nor plan. A plan that needs it makes one, too.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, 255)},
				MarkdownDescription: "What people call it; `terraform` when it is not said."},
			"scopes": schema.SetAttribute{Required: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeBetween(1, 50)},
				MarkdownDescription: "`<noun>:read`, `<noun>:write`, `*:read`, `*:write` or `admin`; the provider's own token must have them."},
			"user_id": schema.StringAttribute{Optional: true, MarkdownDescription: "Whose it is; otherwise that of the provider's own token, or nobody's."},
			"lifetime_seconds": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(60, 86400)},
				MarkdownDescription: "How long it lives when it is not closed, from 60 to 86400; 3600 when it is not said. It is prolonged while Terraform works."},
			"id":         schema.StringAttribute{Computed: true, MarkdownDescription: "Its id."},
			"secret":     schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "What `Authorization: Bearer` takes."},
			"expires_at": schema.StringAttribute{Computed: true, CustomType: timetypes.RFC3339Type{}, MarkdownDescription: "Until when it lives unless it is prolonged."},
		},
	}
}

type ephemeralTokenModel struct {
	Name      types.String      `tfsdk:"name"`
	Scopes    []string          `tfsdk:"scopes"`
	UserID    types.String      `tfsdk:"user_id"`
	Lifetime  types.Int64       `tfsdk:"lifetime_seconds"`
	ID        types.String      `tfsdk:"id"`
	Secret    types.String      `tfsdk:"secret"`
	ExpiresAt timetypes.RFC3339 `tfsdk:"expires_at"`
}

func (m ephemeralTokenModel) lifetime() time.Duration {
	if m.Lifetime.IsNull() {
		return usualLifetime * time.Second
	}
	return time.Duration(m.Lifetime.ValueInt64()) * time.Second
}

func (e *ephemeralToken) Open(ctx context.Context, r ephemeral.OpenRequest, out *ephemeral.OpenResponse) {
	var m ephemeralTokenModel
	out.Diagnostics.Append(r.Config.Get(ctx, &m)...)
	if !e.configured(&out.Diagnostics) || out.Diagnostics.HasError() {
		return
	}
	sort.Strings(m.Scopes)
	body := map[string]any{"name": "terraform", "scopes": m.Scopes, "expires_at": instant(time.Now().Add(m.lifetime()))}
	if name := m.Name.ValueString(); name != "" {
		body["name"] = name
	}
	if user := m.UserID.ValueString(); user != "" {
		body["user_id"] = user
	}
	answer, err := e.client.Do(ctx, client.Request{Method: http.MethodPost, Path: "/api/tokens", Body: body})
	if err != nil {
		failToken(&out.Diagnostics, err)
		return
	}
	row, _ := answer.(map[string]any)
	m.ID, m.Secret = types.StringValue(word(row["id"])), types.StringValue(word(row["secret"]))
	m.ExpiresAt = timetypes.NewRFC3339ValueMust(word(row["expires_at"]))
	out.Diagnostics.Append(out.Private.SetKey(ctx, tokenKey, ticket{m.ID.ValueString(), m.lifetime()}.bytes())...)
	out.Diagnostics.Append(out.Result.Set(ctx, &m)...)
	out.RenewAt = renewAt(m.lifetime())
}

func (e *ephemeralToken) Renew(ctx context.Context, r ephemeral.RenewRequest, out *ephemeral.RenewResponse) {
	t, d := ticketOf(ctx, r.Private)
	out.Diagnostics.Append(d...)
	if out.Diagnostics.HasError() {
		return
	}
	_, err := e.client.Do(ctx, client.Request{Method: http.MethodPatch, Path: "/api/tokens/" + t.ID,
		Body: map[string]any{"expires_at": instant(time.Now().Add(t.Lifetime))}})
	if err != nil {
		failAt(&out.Diagnostics, path.Root("lifetime_seconds"), "Cannot prolong this API token", err)
		return
	}
	out.RenewAt = renewAt(t.Lifetime)
}

func (e *ephemeralToken) Close(ctx context.Context, r ephemeral.CloseRequest, out *ephemeral.CloseResponse) {
	t, d := ticketOf(ctx, r.Private)
	out.Diagnostics.Append(d...)
	if out.Diagnostics.HasError() {
		return
	}
	_, err := e.client.Do(ctx, client.Request{Method: http.MethodDelete, Path: "/api/tokens/" + t.ID})
	if err != nil && !client.IsNotFound(err) {
		failAt(&out.Diagnostics, path.Root("id"), "Cannot delete this API token (it ends by itself)", err)
	}
}

// A violation of the server's is told at the attribute that it means.
func failToken(d *diag.Diagnostics, err error) {
	at := map[string]string{"name": "name", "scopes": "scopes", "user_id": "user_id", "expires_at": "lifetime_seconds"}
	failBy(d, "Cannot make this API token", err, at)
}

// Renewed when a quarter of the life is left.
func renewAt(lifetime time.Duration) time.Time { return time.Now().Add(lifetime * 3 / 4) }

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
