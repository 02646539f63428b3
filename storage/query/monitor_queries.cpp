#include "storage/monitor/monitor_rows.hpp"
#include "storage/query/query_repository.hpp"
#include "storage/query/sorted_list.hpp"

namespace gochron::storage {
namespace {

// Outer, so that it costs nothing where no status is asked for.
const std::string filters = " FROM monitors m LEFT JOIN monitor_state s ON s.monitor_id = m.id" + common_filters("m") +
                            R"(
  AND ($6::text[] IS NULL OR m.type = ANY($6::text[])) AND ($7::text[] IS NULL OR s.status = ANY($7::text[]))
  AND m.tags @> $8::text[] AND ($9::boolean IS NULL OR m.paused = $9::boolean))";

const sorted_list& list_monitors() {
  static const sorted_list all{{"monitors", " m.id", "monitors m", "m", filters, 9}};
  return all;
}

const statement monitors_by_id{"monitors_by_id", "SELECT" + monitor_view_columns() + "FROM" + monitor_view_tables() +
                                                     "WHERE m.org_id = $1 AND m.id = ANY($2::uuid[])"};

bool is_filtered(const monitor_query& q) {
  return storage::is_filtered<monitor_id>(q) || q.paused || !q.types.empty() || !q.statuses.empty() || !q.tags.empty();
}

params filter_of(org_id org, monitor_query q) {
  auto p = common_filter(org, q);
  p << names_unless_empty(q.types) << names_unless_empty(q.statuses) << q.tags << q.paused;
  return p;
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
  auto id_in = [](row_reader& in) {
    monitor_id id;
    in >> id;
    return id;
  };
  read_sorted(*deps_.reads, list_monitors(), sort, filtered, std::move(values), p, std::move(done), id_in,
              [](const monitor_id& x) { return x.value; });
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
