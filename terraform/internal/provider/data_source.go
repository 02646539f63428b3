package provider

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/gochron/terraform-provider-gochron/internal/client"
	"github.com/gochron/terraform-provider-gochron/internal/model"
)

// source is the data source of any noun: one of its things, by id, key, name or e-mail address, with the facts of its
// life that a resource leaves out.
type source struct {
	asksForData
	noun  noun
	shape shape
}

var (
	_ datasource.DataSourceWithConfigure        = (*source)(nil)
	_ datasource.DataSourceWithConfigValidators = (*source)(nil)
)

func newSource(n noun) func() datasource.DataSource {
	s := n.readShape()
	return func() datasource.DataSource { return &source{noun: n, shape: s} }
}

func (s *source) Metadata(_ context.Context, r datasource.MetadataRequest, out *datasource.MetadataResponse) {
	out.TypeName = r.ProviderTypeName + "_" + s.noun.name
}

func (s *source) Schema(_ context.Context, _ datasource.SchemaRequest, out *datasource.SchemaResponse) {
	lookups := map[string]bool{}
	for _, name := range s.noun.lookups(s.shape) {
		lookups[name] = true
	}
	all := model.DataAttributes(s.shape.Fields, lookups)
	if s.noun.parent != "" {
		all[s.noun.parent] = schema.StringAttribute{Required: true, MarkdownDescription: "Where it belongs."}
	}
	doc := s.noun.doc() + "\n\nLook one up by exactly one of `" + strings.Join(s.noun.lookups(s.shape), "`, `") + "`."
	out.Schema = schema.Schema{MarkdownDescription: doc, Attributes: all}
}

func (s *source) ConfigValidators(context.Context) []datasource.ConfigValidator {
	var one []path.Expression
	for _, name := range s.noun.lookups(s.shape) {
		one = append(one, path.MatchRoot(name))
	}
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(one...)}
}

func (s *source) Read(ctx context.Context, r datasource.ReadRequest, out *datasource.ReadResponse) {
	if !s.configured(&out.Diagnostics) {
		return
	}
	for _, by := range s.noun.lookups(s.shape) {
		if given := text(r.Config.Raw, by); given != "" {
			s.read(ctx, by, given, text(r.Config.Raw, s.noun.parent), &out.State, &out.Diagnostics)
			return
		}
	}
}

func (s *source) read(ctx context.Context, by, given, parent string, state *tfsdk.State, d *diag.Diagnostics) {
	rows, near, err := s.lookup(ctx, by, given, parent)
	switch {
	case err != nil:
		failAt(d, path.Root(by), "Cannot read this "+s.noun.words(), err)
	case len(rows) == 0:
		d.AddAttributeError(path.Root(by), "No such "+s.noun.words(), s.noun.noneSuch(by, given, near))
	case len(rows) > 1:
		d.AddAttributeError(path.Root(by), "More than one such "+s.noun.words(), s.noun.tooMany(s.shape, by, given, rows))
	default:
		value, err := s.noun.toState(s.shape, rows[0], tftypes.NewValue(s.shape.TerraformType(), nil), parent)
		if err != nil {
			failAt(d, path.Root(by), "Cannot understand this "+s.noun.words(), err)
			return
		}
		state.Raw = value
	}
}

// lookup finds what is meant, and the names of what is like it.
func (s *source) lookup(ctx context.Context, by, given, parent string) ([]map[string]any, []string, error) {
	collection := strings.ReplaceAll(s.noun.Path, "{id}", url.PathEscape(parent))
	switch by {
	case "id":
		return s.one(ctx, collection+"/"+url.PathEscape(given))
	case "key":
		return s.one(ctx, collection+"/by-key/"+url.PathEscape(given))
	}
	query := url.Values{}
	if s.noun.Search {
		query.Set("q", given)
	}
	if s.noun.kind != "" {
		query.Set("type", s.noun.kind)
	}
	var exact []map[string]any
	var near []string
	err := s.client.Each(ctx, collection, query, func(row map[string]any) bool {
		called, _ := row[by].(string)
		if called == given || (by == "email" && strings.EqualFold(called, given)) {
			exact = append(exact, row)
		} else if strings.Contains(strings.ToLower(called), strings.ToLower(given)) && len(near) < mostCandidates {
			near = append(near, called)
		}
		return len(exact) <= mostCandidates
	})
	return exact, near, err
}

// one asks for a single thing. What is of another type than this data source's is not there for it.
func (s *source) one(ctx context.Context, at string) ([]map[string]any, []string, error) {
	answer, err := s.client.Do(ctx, client.Request{Method: http.MethodGet, Path: at})
	if client.IsNotFound(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	row, ok := answer.(map[string]any)
	if !ok {
		return nil, nil, fmt.Errorf("the answer is no object")
	}
	if err := s.noun.isOurs(row); err != nil {
		return nil, nil, err
	}
	return []map[string]any{row}, nil, nil
}
