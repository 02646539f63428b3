#include <array>
#include <optional>
#include <string>

#include "storage/monitor/monitor_rows.hpp"
#include "storage/query/paging.hpp"
#include "storage/query/query_repository.hpp"

namespace gochron::storage {
namespace {

struct sort_order {
  const char* names[4]; ///< of the whole list: first page, next; of a filtered one: first page, next
  const char* column;
  const char* type;
  bool descending;
};

// In the order of monitor_sort.
constexpr std::array<sort_order, 6> orders{{
    {{"monitors_created", "monitors_created_next", "some_created", "some_created_next"},
     "m.created_at",
     "timestamptz",
     false},
    {{"monitors_created_desc", "monitors_created_desc_next", "some_created_desc", "some_created_desc_next"},
     "m.created_at",
     "timestamptz",
     true},
    {{"monitors_name", "monitors_name_next", "some_name", "some_name_next"}, "m.name", "text", false},
    {{"monitors_name_desc", "monitors_name_desc_next", "some_name_desc", "some_name_desc_next"},
     "m.name",
     "text",
     true},
    {{"monitors_updated", "monitors_updated_next", "some_updated", "some_updated_next"},
     "m.updated_at",
     "timestamptz",
     false},
    {{"monitors_updated_desc", "monitors_updated_desc_next", "some_updated_desc", "some_updated_desc_next"},
     "m.updated_at",
     "timestamptz",
     true},
}};

// Outer, so that it costs nothing where no status is asked for.
const std::string filters = R"( FROM monitors m LEFT JOIN monitor_state s ON s.monitor_id = m.id
WHERE m.org_id = $1 AND ($2::uuid[] IS NULL OR m.id = ANY($2::uuid[]))
  AND ($3::text IS NULL OR m.search LIKE lower($3::text))
  AND ($4::text[] IS NULL OR m.type = ANY($4::text[])) AND ($5::text[] IS NULL OR s.status = ANY($5::text[]))
  AND m.tags @> $6::text[] AND ($7::text IS NULL OR m.key = $7::text)
  AND ($8::boolean IS NULL OR m.paused = $8::boolean) AND m.updated_at >= $9)";

const paged_statement& list_monitors(monitor_sort sort, bool filtered) {
  static const auto all = [] {
    std::vector<paged_statement> xs;
    for (const auto& x : orders) {
      auto what = std::string{"SELECT m.id, "} + x.column;
      xs.emplace_back(x.names[0], x.names[1], what + " FROM monitors m WHERE m.org_id = $1", x.column, "m.id", x.type,
                      x.descending, 2);
      xs.emplace_back(x.names[2], x.names[3], what + filters, x.column, "m.id", x.type, x.descending, 10);
    }
    return xs;
  }();
  return all[static_cast<std::size_t>(sort) * 2 + (filtered ? 1 : 0)];
}

const statement monitors_by_id{"monitors_by_id", "SELECT" + monitor_view_columns() + "FROM" + monitor_view_tables() +
                                                     "WHERE m.org_id = $1 AND m.id = ANY($2::uuid[])"};

const statement plan_with_values{"plan_with_values", "SET plan_cache_mode = force_custom_plan"};
const statement plan_as_usual{"plan_as_usual", "RESET plan_cache_mode"};

// Then it needs a plan of its own: one for any values would read the whole list, for which index helps depends on the
// filters that are given.
bool is_filtered(const monitor_query& q) {
  return q.q || q.key || q.paused || q.updated_since || !q.ids.empty() || !q.types.empty() || !q.statuses.empty() ||
         !q.tags.empty();
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

params filter_of(org_id org, monitor_query q) {
  params p;
  p << org << unless_empty(std::move(q.ids)) << pattern_of(q.q) << names_unless_empty(q.types)
    << names_unless_empty(q.statuses);
  p << q.tags << q.key << q.paused << q.updated_since.value_or(distant_past);
  return p;
}

keyset place_of(row_reader& in, bool named) {
  keyset at;
  timestamp time;
  in >> at.id;
  if (named)
    in >> at.key;
  else
    in >> time;
  return named ? at : keyset{time_key(time), at.id};
}

const statement count_by_status{"count_by_status", R"(
SELECT s.status, count(*) FROM monitor_state s WHERE s.org_id = $1 GROUP BY s.status ORDER BY s.status)"};

const statement count_open_incidents{"count_open_incidents",
                                     "SELECT count(*) FROM incidents WHERE org_id = $1 AND state <> 'resolved'"};

} // namespace

void query_repository::monitors(org_id org, monitor_query q, page_request p, reply_to<page<monitor_id>> done) {
  auto sort = q.sort;
  auto filtered = is_filtered(q);
  auto values = filtered ? filter_of(org, std::move(q)) : params{} << org;
  values << p.limit + 1;
  if (p.after && by_name(sort)) {
    values << p.after->key << p.after->id;
  } else if (p.after) {
    auto from = time_position_of(p);
    if (!from)
      return done(fail(from.error()));
    values << (*from)->at << (*from)->id;
  }
  const auto& list = list_monitors(sort, filtered);
  const auto& what = p.after ? list.next() : list.first();
  auto body = [=, &what](connection& db) -> sql_result<result<page<monitor_id>>> {
    if (filtered)
      if (auto set = db.run(plan_with_values); !set)
        return sql_fail(set.error());
    auto found = db.run(what, values);
    if (filtered)
      if (auto reset = db.run(plan_as_usual); !reset)
        return sql_fail(reset.error());
    if (!found)
      return sql_fail(found.error());
    auto places = make_page(map_rows(*found, [&](row_reader& in) { return place_of(in, by_name(sort)); }), p.limit,
                            [](const keyset& x) { return x; });
    page<monitor_id> ids{{}, std::move(places.next)};
    for (const auto& x : places.rows)
      ids.rows.push_back(monitor_id{x.id});
    return result<page<monitor_id>>{std::move(ids)};
  };
  deps_.reads->read<page<monitor_id>>(std::move(done), std::move(body));
}

void query_repository::monitor_rows(org_id org, std::vector<monitor_id> ids, reply_to<std::vector<monitor_view>> done) {
  using views = std::vector<monitor_view>;
  auto body = [=, sealer = deps_.sealer](connection& db) -> sql_result<result<views>> {
    auto found = db.run(monitors_by_id, params{} << org << ids);
    if (!found)
      return sql_fail(found.error());
    return all_or_first_error(map_rows(*found, [&](row_reader& in) { return view_from_row(in, *sealer); }));
  };
  deps_.reads->read<views>(std::move(done), std::move(body));
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
