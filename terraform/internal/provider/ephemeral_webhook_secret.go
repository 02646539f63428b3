package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/gochron/terraform-provider-gochron/internal/client"
)

// webhookSecret rolls the secret of a channel to a wanted version, once, and tells it.
//
// Terraform opens it when it plans and when it applies, and both must get the same secret. So the roll to version N of a
// channel has one idempotency key, under which the server gives its first answer again for a day. Later there is nothing
// to tell: secrets are shown once.
type webhookSecret struct{ asksForAWhile }

var _ ephemeral.EphemeralResourceWithConfigure = (*webhookSecret)(nil)

func newWebhookSecret() ephemeral.EphemeralResource { return &webhookSecret{} }

func (w *webhookSecret) Metadata(_ context.Context, r ephemeral.MetadataRequest, out *ephemeral.MetadataResponse) {
	out.TypeName = r.ProviderTypeName + "_webhook_secret"
}

func (w *webhookSecret) Schema(_ context.Context, _ ephemeral.SchemaRequest, out *ephemeral.SchemaResponse) {
	out.Schema = schema.Schema{
		MarkdownDescription: "The signing secret of a webhook channel, to hand to a write-only attribute of whatever verifies the signatures; it is in neither state nor plan.\n\n" +
			"The server shows a secret once, when it is made. `version` says which is wanted: while the channel's is older, it is rolled to that version, and the old secret signs too for `overlap_seconds`. " +
			"A channel begins with version 1, which was shown to nobody, so begin with 2. The plan that sees a higher version rolls already, and the apply after it gets the same secret; " +
			"a day later, or by another token, `value` is null: nothing is rolled without a higher version.",
		Attributes: map[string]schema.Attribute{
			"channel_id": schema.StringAttribute{Required: true, MarkdownDescription: "A channel of type `webhook`."},
			"version": schema.Int64Attribute{Required: true, Validators: []validator.Int64{int64validator.AtLeast(2)},
				MarkdownDescription: "Of the secret. Make it one more to roll; hand the same number to the version attribute beside the write-only one."},
			"overlap_seconds": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(0, 604800)},
				MarkdownDescription: "How long the secret before it signs too; 86400 when it is not said."},
			"value":       schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The secret; null when it cannot be shown any more."},
			"fingerprint": schema.StringAttribute{Computed: true, MarkdownDescription: "The first 8 hexadecimal digits of the SHA-256 of the secret that signs."},
		},
	}
}

type webhookSecretModel struct {
	ChannelID   types.String `tfsdk:"channel_id"`
	Version     types.Int64  `tfsdk:"version"`
	Overlap     types.Int64  `tfsdk:"overlap_seconds"`
	Value       types.String `tfsdk:"value"`
	Fingerprint types.String `tfsdk:"fingerprint"`
}

func (w *webhookSecret) Open(ctx context.Context, r ephemeral.OpenRequest, out *ephemeral.OpenResponse) {
	var m webhookSecretModel
	out.Diagnostics.Append(r.Config.Get(ctx, &m)...)
	if !w.configured(&out.Diagnostics) || out.Diagnostics.HasError() {
		return
	}
	secret, ok := w.present(ctx, m, &out.Diagnostics)
	if !ok {
		return
	}
	has, wanted := number(secret["version"]), m.Version.ValueInt64()
	if has < wanted-1 {
		out.Diagnostics.AddAttributeError(path.Root("version"), "Not the next version",
			fmt.Sprintf("The channel's secret has version %d, so that the next one is %d.", has, has+1))
		return
	}
	if has <= wanted {
		shown, err := w.roll(ctx, m, has == wanted)
		if err != nil {
			failBy(&out.Diagnostics, "Cannot roll this secret", err, map[string]string{"overlap_seconds": "overlap_seconds"})
			return
		}
		if shown != nil {
			secret = shown
		}
	}
	m.Value, m.Fingerprint = optional(secret["value"]), optional(secret["fingerprint"])
	out.Diagnostics.Append(out.Result.Set(ctx, &m)...)
}

// present is what the channel tells of its secret.
func (w *webhookSecret) present(ctx context.Context, m webhookSecretModel, d *diag.Diagnostics) (map[string]any, bool) {
	at := path.Root("channel_id")
	answer, err := w.client.Do(ctx, client.Request{Method: http.MethodGet, Path: "/api/channels/" + url.PathEscape(m.ChannelID.ValueString())})
	if client.IsNotFound(err) {
		d.AddAttributeError(at, "No such channel", fmt.Sprintf("This organisation has no channel with the id %q, or the token may not see it.", m.ChannelID.ValueString()))
		return nil, false
	}
	if err != nil {
		failAt(d, at, "Cannot read this channel", err)
		return nil, false
	}
	row, _ := answer.(map[string]any)
	secret, ok := row["secret"].(map[string]any)
	if !ok {
		d.AddAttributeError(at, "No channel with a secret", fmt.Sprintf("It is of type `%s`; only the events of type `webhook` are signed.", word(row["type"])))
	}
	return secret, ok
}

// roll makes the wanted version, and answers it. What was rolled before is only told again: no channel has the version
// that the request names then, so that nothing is rolled when the server has forgotten its answer.
func (w *webhookSecret) roll(ctx context.Context, m webhookSecretModel, before bool) (map[string]any, error) {
	id := m.ChannelID.ValueString()
	r := client.Request{Method: http.MethodPost, Path: "/api/channels/" + url.PathEscape(id) + "/secret/roll", Body: map[string]any{},
		Key: fmt.Sprintf("terraform-secret-%s-%d", id, m.Version.ValueInt64())}
	if !m.Overlap.IsNull() {
		r.Body = map[string]any{"overlap_seconds": m.Overlap.ValueInt64()}
	}
	if before {
		r.IfMatch = `"0"`
	}
	answer, err := w.client.Do(ctx, r)
	if before && (client.IsStale(err) || client.IsReused(err)) {
		return nil, nil
	}
	row, _ := answer.(map[string]any)
	secret, _ := row["secret"].(map[string]any)
	return secret, err
}

func number(x any) int64 {
	n, ok := x.(json.Number)
	if !ok {
		return 0
	}
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return i
}

func optional(x any) types.String {
	if text, ok := x.(string); ok {
		return types.StringValue(text)
	}
	return types.StringNull()
}
