#include <array>
#include <optional>
#include <string>

#include "storage/monitor/monitor_rows.hpp"
#include "storage/query/query_repository.hpp"

namespace gochron::storage {
namespace {

struct sort_order {
  const char* first;
  const char* next;
  const char* column;
  const char* type;
  bool descending;
};

// In the order of monitor_sort.
constexpr std::array<sort_order, 6> orders{{
    {"monitors_created", "monitors_created_next", "m.created_at", "timestamptz", false},
    {"monitors_created_desc", "monitors_created_desc_next", "m.created_at", "timestamptz", true},
    {"monitors_name", "monitors_name_next", "m.name", "text", false},
    {"monitors_name_desc", "monitors_name_desc_next", "m.name", "text", true},
    {"monitors_updated", "monitors_updated_next", "m.updated_at", "timestamptz", false},
    {"monitors_updated_desc", "monitors_updated_desc_next", "m.updated_at", "timestamptz", true},
}};

const std::string& filtered_monitors() {
  static const std::string text = "SELECT" + monitor_view_columns() + "FROM" + monitor_view_tables() + R"(
WHERE m.org_id = $1 AND ($2::uuid[] IS NULL OR m.id = ANY($2::uuid[]))
  AND ($3::text IS NULL OR m.search LIKE lower($3::text))
  AND ($4::text[] IS NULL OR m.type = ANY($4::text[])) AND ($5::text[] IS NULL OR s.status = ANY($5::text[]))
  AND m.tags @> $6::text[] AND ($7::text IS NULL OR m.key = $7::text)
  AND ($8::boolean IS NULL OR m.paused = $8::boolean) AND m.updated_at >= $9)";
  return text;
}

const statement& list_monitors(monitor_sort sort, bool next) {
  static const auto all = [] {
    std::vector<statement> xs;
    for (const auto& x : orders) {
      std::string way = x.descending ? " DESC" : "";
      auto order = std::string{" ORDER BY "} + x.column + way + ", m.id" + way + " LIMIT $10::bigint";
      auto after = std::string{" AND ("} + x.column + ", m.id) " + (x.descending ? "<" : ">") + " ($11::" + x.type +
                   ", $12::uuid)";
      xs.push_back({x.first, filtered_monitors() + order});
      xs.push_back({x.next, filtered_monitors() + after + order});
    }
    return xs;
  }();
  return all[static_cast<std::size_t>(sort) * 2 + (next ? 1 : 0)];
}

const statement plan_with_values{"plan_with_values", "SET plan_cache_mode = force_custom_plan"};
const statement plan_as_usual{"plan_as_usual", "RESET plan_cache_mode"};

// A plan for any values would read the whole list: which index helps depends on the filters that are given.
bool needs_its_own_plan(const monitor_query& q) {
  return q.q || q.key || q.paused || !q.ids.empty() || !q.types.empty() || !q.statuses.empty() || !q.tags.empty();
}

// Anything around the text, which is taken as it is.
std::optional<std::string> pattern_of(const std::optional<std::string>& text) {
  if (!text)
    return std::nullopt;
  std::string pattern = "%";
  for (auto c : *text) {
    if (c == '%' || c == '_' || c == '\\')
      pattern += '\\';
    pattern += c;
  }
  return pattern + '%';
}

bool by_name(monitor_sort x) {
  return x == monitor_sort::name || x == monitor_sort::name_desc;
}

keyset key_of(const monitor_view& x, monitor_sort sort) {
  if (by_name(sort))
    return {x.record.spec.name, x.record.id.value};
  bool updated = sort == monitor_sort::updated_at || sort == monitor_sort::updated_at_desc;
  return {time_key(updated ? x.record.updated_at : x.record.created_at), x.record.id.value};
}

params params_of(org_id org, monitor_query q, std::uint32_t limit) {
  params p;
  p << org << unless_empty(std::move(q.ids)) << pattern_of(q.q) << names_unless_empty(q.types)
    << names_unless_empty(q.statuses);
  p << q.tags << q.key << q.paused << q.updated_since.value_or(distant_past) << limit + 1;
  return p;
}

const statement count_by_status{"count_by_status", R"(
SELECT s.status, count(*) FROM monitor_state s WHERE s.org_id = $1 GROUP BY s.status ORDER BY s.status)"};

const statement count_open_incidents{"count_open_incidents",
                                     "SELECT count(*) FROM incidents WHERE org_id = $1 AND state <> 'resolved'"};

} // namespace

void query_repository::monitors(org_id org, monitor_query q, page_request p, reply_to<page<monitor_view>> done) {
  auto sort = q.sort;
  auto own_plan = needs_its_own_plan(q);
  auto filter = params_of(org, std::move(q), p.limit);
  if (p.after && by_name(sort)) {
    filter << p.after->key << p.after->id;
  } else if (p.after) {
    auto from = time_position_of(p);
    if (!from)
      return done(fail(from.error()));
    filter << (*from)->at << (*from)->id;
  }
  const auto& list = list_monitors(sort, p.after.has_value());
  auto body = [=, &list, sealer = deps_.sealer](connection& db) -> sql_result<result<page<monitor_view>>> {
    if (own_plan)
      if (auto set = db.run(plan_with_values); !set)
        return sql_fail(set.error());
    auto found = db.run(list, filter);
    if (own_plan)
      if (auto reset = db.run(plan_as_usual); !reset)
        return sql_fail(reset.error());
    if (!found)
      return sql_fail(found.error());
    auto mapped = map_rows(*found, [&](row_reader& in) { return view_from_row(in, *sealer); });
    auto values = all_or_first_error(std::move(mapped));
    if (!values)
      return result<page<monitor_view>>{fail(values.error())};
    return result<page<monitor_view>>{
        make_page(std::move(*values), p.limit, [&](const monitor_view& x) { return key_of(x, sort); })};
  };
  deps_.reads->read<page<monitor_view>>(std::move(done), std::move(body));
}

void query_repository::summary(org_id org, reply_to<monitor_summary> done) {
  deps_.reads->read<monitor_summary>(std::move(done), [=](connection& db) -> sql_result<result<monitor_summary>> {
    auto counts = db.run(count_by_status, params{} << org);
    if (!counts)
      return sql_fail(counts.error());
    auto open = db.run(count_open_incidents, params{} << org);
    if (!open)
      return sql_fail(open.error());
    monitor_summary x;
    for (int i = 0; i < counts->size(); ++i) {
      auto& [status, count] = x.by_status.emplace_back();
      row_reader{*counts, i} >> status >> count;
      x.total += count;
    }
    row_reader{*open, 0} >> x.open_incidents;
    return result<monitor_summary>{std::move(x)};
  });
}

} // namespace gochron::storage
