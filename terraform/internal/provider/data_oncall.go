package provider

import (
	"context"
	"net/url"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// oncall is who is on call, by some schedules or by all.
type oncall struct{ asksForData }

func newOncall() datasource.DataSource { return &oncall{} }

func (o *oncall) Metadata(_ context.Context, r datasource.MetadataRequest, out *datasource.MetadataResponse) {
	out.TypeName = r.ProviderTypeName + "_oncall"
}

func (o *oncall) Schema(_ context.Context, _ datasource.SchemaRequest, out *datasource.SchemaResponse) {
	out.Schema = schema.Schema{
		MarkdownDescription: "Who is on call, by some schedules or by all. Without `at` it is asked anew with each plan, and changes as people take turns.",
		Attributes: map[string]schema.Attribute{
			"schedule_ids": schema.SetAttribute{Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeBetween(1, 200)},
				MarkdownDescription: "Only by these; otherwise by all."},
			"at": schema.StringAttribute{Optional: true, CustomType: timetypes.RFC3339Type{},
				MarkdownDescription: "When (RFC 3339); otherwise now."},
			"user_ids": schema.SetAttribute{Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Everybody who is on call by one of the schedules."},
			"schedules": schema.ListNestedAttribute{Computed: true, MarkdownDescription: "Each schedule, in the order of their ids.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"schedule_id":   schema.StringAttribute{Computed: true, MarkdownDescription: "The schedule."},
					"schedule_name": schema.StringAttribute{Computed: true, MarkdownDescription: "Its name."},
					"user_ids": schema.SetAttribute{Computed: true, ElementType: types.StringType,
						MarkdownDescription: "Who is on call by it; empty when nobody is."},
				}}},
		},
	}
}

type oncallModel struct {
	ScheduleIDs types.Set         `tfsdk:"schedule_ids"`
	At          timetypes.RFC3339 `tfsdk:"at"`
	UserIDs     []string          `tfsdk:"user_ids"`
	Schedules   []oncallSchedule  `tfsdk:"schedules"`
}

type oncallSchedule struct {
	ID      string   `tfsdk:"schedule_id"`
	Name    string   `tfsdk:"schedule_name"`
	UserIDs []string `tfsdk:"user_ids"`
}

func (o *oncall) Read(ctx context.Context, r datasource.ReadRequest, out *datasource.ReadResponse) {
	if !o.configured(&out.Diagnostics) {
		return
	}
	var m oncallModel
	out.Diagnostics.Append(r.Config.Get(ctx, &m)...)
	var ids []string
	if !m.ScheduleIDs.IsNull() {
		out.Diagnostics.Append(m.ScheduleIDs.ElementsAs(ctx, &ids, false)...)
	}
	if out.Diagnostics.HasError() {
		return
	}
	sort.Strings(ids)
	query := url.Values{}
	if len(ids) > 0 {
		query.Set("schedule_ids", strings.Join(ids, ","))
	}
	if !m.At.IsNull() {
		at, bad := m.At.ValueRFC3339Time()
		out.Diagnostics.Append(bad...)
		query.Set("at", instant(at))
	}
	m.Schedules, m.UserIDs = []oncallSchedule{}, []string{}
	err := o.client.Each(ctx, "/api/oncall", query, func(row map[string]any) bool {
		m.Schedules = append(m.Schedules, oncallSchedule{ID: word(row["schedule_id"]), Name: word(row["schedule_name"]), UserIDs: words(row["user_ids"])})
		return true
	})
	if err != nil {
		failBy(&out.Diagnostics, "Cannot read who is on call", err, map[string]string{"at": "at", "schedule_ids": "schedule_ids"})
		return
	}
	if missing := notAnswered(ids, m.Schedules); len(missing) > 0 {
		out.Diagnostics.AddAttributeError(path.Root("schedule_ids"), "No such schedule",
			"This organisation has no schedule with the id "+quoted(missing)+", or the token may not see it. `gochron_schedule` finds one by its key or name.")
		return
	}
	sort.Slice(m.Schedules, func(a, b int) bool { return m.Schedules[a].ID < m.Schedules[b].ID })
	m.UserIDs = everybody(m.Schedules)
	out.Diagnostics.Append(out.State.Set(ctx, &m)...)
}

func notAnswered(ids []string, schedules []oncallSchedule) []string {
	there := map[string]bool{}
	for _, s := range schedules {
		there[s.ID] = true
	}
	var missing []string
	for _, id := range ids {
		if !there[id] {
			missing = append(missing, id)
		}
	}
	return missing
}

func everybody(schedules []oncallSchedule) []string {
	seen, all := map[string]bool{}, []string{}
	for _, s := range schedules {
		for _, id := range s.UserIDs {
			if !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
	}
	return all
}

func word(x any) string {
	text, _ := x.(string)
	return text
}

func words(x any) []string {
	list, _ := x.([]any)
	all := make([]string, 0, len(list))
	for _, item := range list {
		all = append(all, word(item))
	}
	return all
}
