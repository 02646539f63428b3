#include "storage/monitor/monitor_loading.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "storage/escalation/escalation_rows.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/monitor/monitor_rows.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {
namespace {

constexpr std::int64_t piece = 5000;
constexpr unsigned threads = 4;

const statement load_monitor_by_id{"load_monitor", "SELECT" + monitor_view_columns() + "FROM" + monitor_view_tables() +
                                                       "WHERE m.id = $1"};

const statement piece_ends{"piece_ends", R"(
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM monitors) x WHERE n % $1::bigint = 0 ORDER BY id)"};

const statement load_monitors_between{"load_monitors_between", "SELECT" + monitor_view_columns() + "FROM" +
                                                                   monitor_view_tables() +
                                                                   "WHERE m.id > $1 AND m.id <= $2"};

const statement load_recent_changes{"load_recent_changes", R"(
SELECT c.monitor_id, c.effective_at, c.from_status, c.to_status FROM status_changes c
WHERE c.monitor_id = ANY($1::uuid[]) AND c.effective_at >= $2
ORDER BY c.monitor_id, c.effective_at, c.sequence)"};

const statement load_incidents{"load_incidents", "SELECT" + incident_columns() + R"(
FROM incidents i JOIN monitors m ON m.id = i.monitor_id AND m.org_id = i.org_id
WHERE i.monitor_id = ANY($1::uuid[]) AND i.state <> 'resolved' ORDER BY i.opened_at, i.id)"};

using monitors_by_id = std::unordered_map<monitor_id, loaded_monitor*>;

std::pair<monitor_id, status_step> owned_step_from_row(row_reader& in) {
  std::pair<monitor_id, status_step> x;
  in >> x.first >> x.second.at >> x.second.from >> x.second.to;
  return x;
}

// Who has his status from before `since` has no change after it.
sql_result<status> add_changes(connection& db, timestamp since, const monitors_by_id& by_id) {
  std::vector<monitor_id> changed;
  for (const auto& [id, m] : by_id)
    if (m->runtime.status_since >= since)
      changed.push_back(id);
  if (!changed.empty()) {
    auto changes = db.run(load_recent_changes, params{} << changed << since);
    if (!changes)
      return sql_fail(changes.error());
    for (const auto& [monitor, step] : map_rows(*changes, owned_step_from_row))
      by_id.at(monitor)->last_24h.push_back(step);
  }
  return status{};
}

sql_result<status> add_incidents(connection& db, const monitors_by_id& by_id) {
  std::vector<monitor_id> all;
  for (const auto& [id, m] : by_id)
    all.push_back(id);
  auto open = db.run(load_incidents, params{} << all);
  if (!open)
    return sql_fail(open.error());
  std::vector<incident_id> incidents;
  for (auto& i : map_rows(*open, incident_from_row)) {
    incidents.push_back(i.id);
    by_id.at(i.monitor)->open_incidents.push_back(std::move(i));
  }
  auto escalating = escalations_of(db, incidents);
  if (!escalating)
    return sql_fail(escalating.error());
  if (!*escalating)
    return status{fail(escalating->error())};
  for (auto& x : **escalating) {
    auto& of = by_id.at(x.monitor)->open_incidents;
    if (auto it = std::ranges::find(of, x.incident, &incident::id); it != of.end())
      it->escalations.push_back(std::move(x));
  }
  return status{};
}

// Fills in what belongs to a piece of monitors.
sql_result<status> complete(connection& db, timestamp since, std::vector<loaded_monitor>& monitors) {
  monitors_by_id by_id;
  for (auto& m : monitors)
    by_id[m.record.id] = &m;
  auto done = add_changes(db, since, by_id);
  return !done || !*done ? done : add_incidents(db, by_id);
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

monitor_id id_from_row(row_reader& in) {
  monitor_id id;
  in >> id;
  return id;
}

monitor_id last_id() {
  monitor_id id;
  id.value.bytes.fill(0xff);
  return id;
}

/// One start's reading of all monitors: threads that take the next piece until there is none, or one has failed.
class fleet_loading {
public:
  fleet_loading(const std::string& conninfo, timestamp since, const core::sealer& sealer,
                const std::function<void(loaded_monitor)>& visit, std::vector<monitor_id> ends)
    : conninfo_(conninfo), since_(since), sealer_(sealer), visit_(visit), ends_(std::move(ends)) {}

  sql_result<status> run() {
    std::vector<std::jthread> readers;
    for (std::size_t i = 0; i < std::min<std::size_t>(threads, ends_.size()); ++i)
      readers.emplace_back([this] { finish(read_pieces()); });
    readers.clear();
    return outcome_;
  }

private:
  sql_result<status> read_pieces() {
    auto db = connection::open(conninfo_);
    if (!db)
      return sql_fail(db.error());
    for (auto i = next_++; i < ends_.size() && !failed_; i = next_++)
      if (auto done = read_piece(**db, i == 0 ? monitor_id{} : ends_[i - 1], ends_[i]); !done || !*done)
        return done;
    return status{};
  }

  sql_result<status> read_piece(connection& db, monitor_id after, monitor_id upto) {
    auto found = db.run(load_monitors_between, params{} << after << upto);
    if (!found)
      return sql_fail(found.error());
    auto monitors = monitors_of(*found, sealer_);
    if (!monitors)
      return status{fail(monitors.error())};
    if (auto done = complete(db, since_, *monitors); !done || !*done)
      return done;
    std::lock_guard one_at_a_time{mutex_};
    for (auto& m : *monitors)
      visit_(std::move(m));
    return status{};
  }

  void finish(sql_result<status> x) {
    std::lock_guard lock{mutex_};
    if ((!x || !*x) && !failed_.exchange(true))
      outcome_ = std::move(x);
  }

  const std::string& conninfo_;
  const timestamp since_;
  const core::sealer& sealer_;
  const std::function<void(loaded_monitor)>& visit_;
  const std::vector<monitor_id> ends_; ///< of each piece its last id
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  sql_result<status> outcome_ = status{};
};

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
  auto done = complete(db, since, *monitors);
  if (!done)
    return sql_fail(done.error());
  if (!*done)
    return result<loaded_monitor>{fail(done->error())};
  return result<loaded_monitor>{std::move(monitors->front())};
}

sql_result<status> load_all_monitors(const std::string& conninfo, timestamp since, const core::sealer& sealer,
                                     const std::function<void(loaded_monitor)>& visit) {
  auto db = connection::open(conninfo);
  if (!db)
    return sql_fail(db.error());
  auto found = (*db)->run(piece_ends, params{} << piece);
  if (!found)
    return sql_fail(found.error());
  auto ends = map_rows(*found, id_from_row);
  ends.push_back(last_id());
  return fleet_loading{conninfo, since, sealer, visit, std::move(ends)}.run();
}

} // namespace gochron::storage
