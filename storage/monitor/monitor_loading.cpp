#include "storage/monitor/monitor_loading.hpp"

#include <unordered_map>
#include <utility>

#include "storage/incident/transition_rows.hpp"
#include "storage/monitor/monitor_rows.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {
namespace {

constexpr std::int64_t piece = 5000;

const statement load_monitor_by_id{"load_monitor", "SELECT" + monitor_view_columns() + "FROM" + monitor_view_tables() +
                                                       "WHERE m.id = $1"};

const statement load_monitors_after{"load_monitors_after", "SELECT" + monitor_view_columns() + "FROM" +
                                                               monitor_view_tables() +
                                                               "WHERE m.id > $1 ORDER BY m.id LIMIT $2::bigint"};

const statement load_recent_changes{"load_recent_changes", R"(
SELECT c.monitor_id, c.effective_at, c.from_status, c.to_status FROM status_changes c
WHERE c.monitor_id = ANY($1::uuid[]) AND c.effective_at >= $2
ORDER BY c.monitor_id, c.effective_at, c.sequence)"};

const statement load_incidents{"load_incidents",
                               "SELECT" + incident_columns() + "FROM incidents i WHERE i.id = ANY($1::uuid[])"};

std::pair<monitor_id, status_step> owned_step_from_row(row_reader& in) {
  std::pair<monitor_id, status_step> x;
  in >> x.first >> x.second.at >> x.second.from >> x.second.to;
  return x;
}

// Fills in what belongs to a piece of monitors.
sql_status complete(connection& db, timestamp since, std::vector<loaded_monitor>& monitors) {
  std::unordered_map<monitor_id, loaded_monitor*> by_id;
  std::vector<monitor_id> ids;
  std::vector<incident_id> incidents;
  for (auto& m : monitors) {
    by_id[m.record.id] = &m;
    ids.push_back(m.record.id);
    if (m.runtime.open_incident)
      incidents.push_back(*m.runtime.open_incident);
  }
  auto changes = db.run(load_recent_changes, params{} << ids << since);
  if (!changes)
    return sql_fail(changes.error());
  for (const auto& [monitor, step] : map_rows(*changes, owned_step_from_row))
    by_id[monitor]->last_24h.push_back(step);
  if (incidents.empty())
    return {};
  auto open = db.run(load_incidents, params{} << incidents);
  if (!open)
    return sql_fail(open.error());
  for (auto& i : map_rows(*open, incident_from_row))
    if (auto owner = by_id.find(i.monitor); owner != by_id.end())
      owner->second->open_incident = std::move(i);
  return {};
}

result<std::vector<loaded_monitor>> monitors_of(const rows& found, const core::sealer& sealer) {
  auto views = map_rows(found, [&](row_reader& in) { return view_from_row(in, sealer); });
  std::vector<loaded_monitor> monitors;
  for (auto& v : views) {
    if (!v)
      return fail(v.error());
    monitors.push_back({std::move(v->record), std::move(v->runtime), {}, {}});
  }
  return monitors;
}

} // namespace

sql_result<result<loaded_monitor>> load_monitor(connection& db, monitor_id id, timestamp since,
                                                const core::sealer& sealer) {
  auto found = db.run(load_monitor_by_id, params{} << id);
  if (!found)
    return sql_fail(found.error());
  if (found->empty())
    return result<loaded_monitor>{fail(errc::not_found, "No such monitor.")};
  auto monitors = monitors_of(*found, sealer);
  if (!monitors)
    return result<loaded_monitor>{fail(monitors.error())};
  if (auto done = complete(db, since, *monitors); !done)
    return sql_fail(done.error());
  return result<loaded_monitor>{std::move(monitors->front())};
}

sql_result<status> load_all_monitors(connection& db, timestamp since, const core::sealer& sealer,
                                     const std::function<void(loaded_monitor)>& visit) {
  monitor_id last;
  for (bool more = true; more;) {
    auto found = db.run(load_monitors_after, params{} << last << piece);
    if (!found)
      return sql_fail(found.error());
    auto monitors = monitors_of(*found, sealer);
    if (!monitors)
      return status{fail(monitors.error())};
    if (auto done = complete(db, since, *monitors); !done)
      return sql_fail(done.error());
    more = found->size() == piece;
    if (more)
      last = monitors->back().record.id;
    for (auto& m : *monitors)
      visit(std::move(m));
  }
  return status{};
}

} // namespace gochron::storage
