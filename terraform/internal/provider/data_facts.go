package provider

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/client"
	"github.com/gochron/terraform-provider-gochron/internal/model"
	"github.com/gochron/terraform-provider-gochron/internal/openapi"
)

// fact is a data source of what there is one of: a document at one path, told as it is.
type fact struct {
	asksForData
	name, path, schema, doc string
}

var facts = []fact{
	{name: "limits", path: "/api/limits", schema: "Limits", doc: "What the organisation may have, and what it has: `maximum` is null where there is no limit."},
	{name: "organization", path: "/api/organization", schema: "Organization", doc: "The organisation that the token belongs to."},
}

func newFact(f fact) func() datasource.DataSource {
	return func() datasource.DataSource {
		own := f
		return &own
	}
}

func (f *fact) node() *model.Node {
	doc := openapi.Embedded()
	return &model.Node{Kind: model.Object, Fields: model.Fields(doc, nil, doc.Schema(f.schema))}
}

func (f *fact) Metadata(_ context.Context, r datasource.MetadataRequest, out *datasource.MetadataResponse) {
	out.TypeName = r.ProviderTypeName + "_" + f.name
}

func (f *fact) Schema(_ context.Context, _ datasource.SchemaRequest, out *datasource.SchemaResponse) {
	out.Schema = schema.Schema{MarkdownDescription: f.doc, Attributes: model.DataAttributes(f.node().Fields, nil)}
}

func (f *fact) Read(ctx context.Context, _ datasource.ReadRequest, out *datasource.ReadResponse) {
	if !f.configured(&out.Diagnostics) {
		return
	}
	answer, err := f.client.Do(ctx, client.Request{Method: http.MethodGet, Path: f.path})
	if err == nil {
		n := f.node()
		out.State.Raw, err = n.ToTerraform(answer, tftypes.NewValue(n.TerraformType(), nil))
	}
	if err != nil {
		failAt(&out.Diagnostics, path.Empty(), "Cannot read the "+f.name, err)
	}
}

// egressIPs are where checks and webhooks come from, in the forms that firewalls take.
type egressIPs struct{ asksForData }

func newEgressIPs() datasource.DataSource { return &egressIPs{} }

func (e *egressIPs) Metadata(_ context.Context, r datasource.MetadataRequest, out *datasource.MetadataResponse) {
	out.TypeName = r.ProviderTypeName + "_egress_ips"
}

func (e *egressIPs) Schema(_ context.Context, _ datasource.SchemaRequest, out *datasource.SchemaResponse) {
	list := func(doc string) schema.ListAttribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: doc}
	}
	out.Schema = schema.Schema{
		MarkdownDescription: "Where checks and webhooks come from, as the server is configured to tell: what a firewall should let in. Empty when it was told nothing.",
		Attributes: map[string]schema.Attribute{
			"addresses":        list("As configured: addresses and CIDR blocks."),
			"cidr_blocks":      list("All of them as CIDR blocks: an address is a block of one."),
			"ipv4_cidr_blocks": list("Those of IPv4."),
			"ipv6_cidr_blocks": list("Those of IPv6."),
		},
	}
}

type egressModel struct {
	Addresses []string `tfsdk:"addresses"`
	All       []string `tfsdk:"cidr_blocks"`
	V4        []string `tfsdk:"ipv4_cidr_blocks"`
	V6        []string `tfsdk:"ipv6_cidr_blocks"`
}

func (e *egressIPs) Read(ctx context.Context, _ datasource.ReadRequest, out *datasource.ReadResponse) {
	if !e.configured(&out.Diagnostics) {
		return
	}
	answer, err := e.client.Do(ctx, client.Request{Method: http.MethodGet, Path: "/api/meta"})
	if err != nil {
		failAt(&out.Diagnostics, path.Empty(), "Cannot read the egress addresses", err)
		return
	}
	body, _ := answer.(map[string]any)
	given, _ := body["egress_addresses"].([]any)
	blocks, problems := egressBlocks(given)
	out.Diagnostics.Append(problems...)
	if !out.Diagnostics.HasError() {
		out.Diagnostics.Append(out.State.Set(ctx, &blocks)...)
	}
}

func egressBlocks(given []any) (egressModel, diag.Diagnostics) {
	m := egressModel{Addresses: []string{}, All: []string{}, V4: []string{}, V6: []string{}}
	var d diag.Diagnostics
	for _, x := range given {
		text, _ := x.(string)
		block, err := blockOf(text)
		if err != nil {
			d.AddError("Cannot understand the egress addresses", fmt.Sprintf("The server told of %q, which is neither an address nor a CIDR block.", x))
			continue
		}
		m.Addresses = append(m.Addresses, text)
		m.All = append(m.All, block.String())
		if block.Addr().Is4() {
			m.V4 = append(m.V4, block.String())
		} else {
			m.V6 = append(m.V6, block.String())
		}
	}
	return m, d
}

func blockOf(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		block, err := netip.ParsePrefix(text)
		return block.Masked(), err // the same addresses, as firewalls want them written
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return a.Prefix(a.BitLen())
}
