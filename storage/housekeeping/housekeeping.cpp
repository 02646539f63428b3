#include "storage/housekeeping/housekeeping.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "storage/housekeeping/engine_run.hpp"
#include "storage/result/partitions.hpp"

namespace gochron::storage {
namespace {

const statement purge_batches{"purge_batches", "DELETE FROM write_batches WHERE written_at < $1"};
const statement purge_minutes{"purge_minutes", "DELETE FROM result_rollups_minute WHERE bucket < $1"};
const statement purge_hours{"purge_hours", "DELETE FROM result_rollups_hour WHERE bucket < $1"};
const statement purge_runs{"purge_runs", R"(
DELETE FROM engine_runs WHERE last_seen < $1 AND last_seen < (SELECT max(last_seen) FROM engine_runs))"};

// A while after the removal: results that were under way are then in, too.
const statement purgeable_monitors{"purgeable_monitors", R"(
SELECT monitor_id FROM monitor_purges WHERE removed_at < $1 ORDER BY removed_at LIMIT 20)"};

const statement purge_results{"purge_results", "DELETE FROM check_results WHERE monitor_id = $1"};
const statement purge_changes{"purge_changes", "DELETE FROM status_changes WHERE monitor_id = $1"};
const statement purge_minute{"purge_minute", "DELETE FROM result_rollups_minute WHERE monitor_id = $1"};
const statement purge_hour{"purge_hour", "DELETE FROM result_rollups_hour WHERE monitor_id = $1"};
const statement purge_day{"purge_day", "DELETE FROM result_rollups_day WHERE monitor_id = $1"};
const statement purge_done{"purge_done", "DELETE FROM monitor_purges WHERE monitor_id = $1"};

constexpr std::chrono::minutes purge_delay{5};
constexpr int most_rollup_rounds = 100;

sql_status run_each(connection& db, std::initializer_list<const statement*> all, const params& p) {
  for (const auto* s : all)
    if (auto done = db.run(*s, p); !done)
      return sql_fail(done.error());
  return {};
}

sql_status keep_partitions(connection& db, timestamp now, std::chrono::days kept) {
  auto today = day_of(now);
  for (int ahead = 0; ahead <= 2; ++ahead)
    if (auto made = make_partition(db, today + std::chrono::days{ahead}); !made)
      return made;
  auto days = partition_days(db);
  if (!days)
    return sql_fail(days.error());
  for (auto d : *days)
    if (d < today - kept)
      if (auto dropped = drop_partition(db, d); !dropped)
        return dropped;
  return {};
}

sql_status purge_removed(connection& db, timestamp now) {
  auto found = db.run(purgeable_monitors, params{} << now - purge_delay);
  if (!found)
    return sql_fail(found.error());
  for (int i = 0; i < found->size(); ++i) {
    uuid id;
    row_reader{*found, i} >> id;
    auto done = run_each(db, {&purge_results, &purge_changes, &purge_minute, &purge_hour, &purge_day, &purge_done},
                         params{} << id);
    if (!done)
      return done;
  }
  return {};
}

sql_status forget(connection& db, timestamp now, const retention& kept) {
  struct rule {
    const statement* what;
    std::chrono::hours age;
  };
  for (const auto& [what, age] : {rule{&purge_batches, kept.write_batches}, rule{&purge_minutes, kept.minute_rollups},
                                  rule{&purge_hours, kept.hour_rollups}, rule{&purge_runs, kept.results}})
    if (auto done = db.run(*what, params{} << now - age); !done)
      return sql_fail(done.error());
  return {};
}

} // namespace

sql_status run_once(connection& db, timestamp now, const housekeeping_options& options) {
  if (auto kept = keep_partitions(db, now, options.retention.results); !kept)
    return kept;
  for (int i = 0; i < most_rollup_rounds; ++i) {
    auto more = roll_up(db, now, options.rollup);
    if (!more)
      return sql_fail(more.error());
    if (!*more)
      break;
  }
  if (auto purged = purge_removed(db, now); !purged)
    return purged;
  return forget(db, now, options.retention);
}

housekeeping::housekeeping(housekeeping_options options, const uuid& run, const wall_clock& clock)
  : options_(std::move(options)), run_(run), clock_(clock) {
  thread_ = std::thread{[this] { loop(); }};
}

housekeeping::~housekeeping() {
  stop();
}

void housekeeping::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void housekeeping::loop() {
  auto next_round = std::chrono::steady_clock::now();
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    lock.unlock();
    bool all = std::chrono::steady_clock::now() >= next_round;
    auto done = tick(all);
    if (!done) {
      spdlog::warn("housekeeping: {} {}", done.error().sqlstate, done.error().message);
      if (done.error().remedy == remedy::reconnect)
        connection_.reset();
    }
    if (all)
      next_round = std::chrono::steady_clock::now() + options_.round;
    lock.lock();
    wake_.wait_for(lock, options_.sign_of_life, [&] { return stopping_; });
  }
}

sql_status housekeeping::tick(bool all) {
  if (!connection_ || !connection_->alive()) {
    auto opened = connection::open(options_.conninfo, options_.session);
    reachable_ = opened.has_value();
    if (!opened)
      return sql_fail(opened.error());
    connection_ = std::move(*opened);
  }
  auto seen = see(*connection_, run_, clock_.now());
  reachable_ = seen.has_value();
  if (!seen || !all)
    return seen;
  return run_once(*connection_, clock_.now(), options_);
}

} // namespace gochron::storage
