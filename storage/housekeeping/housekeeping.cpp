#include "storage/housekeeping/housekeeping.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace gochron::storage {
namespace {

const statement long_gap_since{"long_gap_since", R"(
SELECT EXISTS (SELECT FROM observation_gaps WHERE to_at > $1 AND to_at - from_at > interval '1 day'))"};

// A while after the removal: results that were under way are then in, too.
const statement purgeable_monitors{"purgeable_monitors", R"(
SELECT monitor_id FROM monitor_purges WHERE removed_at < $1 ORDER BY removed_at LIMIT 20)"};

const statement purge_results{"purge_results", R"(
DELETE FROM check_results WHERE monitor_id = $1 AND round_at >= $2 AND round_at < $3)"};

const statement purge_packs{"purge_packs", "DELETE FROM result_packs WHERE monitor_id = $1"};
const statement purge_changes{"purge_changes", "DELETE FROM status_changes WHERE monitor_id = $1"};
const statement purge_hour{"purge_hour", "DELETE FROM result_rollups_hour WHERE monitor_id = $1"};
const statement purge_day{"purge_day", "DELETE FROM result_rollups_day WHERE monitor_id = $1"};
const statement purge_done{"purge_done", "DELETE FROM monitor_purges WHERE monitor_id = $1"};

const statement end_session{"end_session", "SELECT pg_terminate_backend($1::integer)"};

constexpr std::chrono::minutes purge_delay{5};
constexpr int most_rollup_rounds = 100;

sql_status run_each(connection& db, std::initializer_list<const statement*> all, const params& p) {
  for (const auto* s : all)
    if (auto done = db.run(*s, p); !done)
      return sql_fail(done.error());
  return {};
}

// A clock that is wrong by months says that everything is old. Whoever set it has a day to notice, before it is gone.
sql_result<bool> may_forget(connection& db, timestamp now) {
  auto found = db.run(long_gap_since, params{} << now - std::chrono::days{1});
  if (!found)
    return sql_fail(found.error());
  bool jumped = false;
  row_reader{*found, 0} >> jumped;
  return !jumped;
}

sql_status make_partitions(connection& db, timestamp now) {
  auto today = day_of(now);
  for (int ahead = 0; ahead <= 2; ++ahead)
    if (auto made = make_partition(db, today + std::chrono::days{ahead}); !made)
      return made;
  return {};
}

sql_status drop_partitions(connection& db, timestamp now, std::chrono::days kept) {
  for (auto of : {single_results, packed_results}) {
    auto days = partition_days(db, of);
    if (!days)
      return sql_fail(days.error());
    for (auto d : *days)
      if (d < day_of(now) - kept)
        if (auto dropped = drop_partition(db, d, of); !dropped)
          return dropped;
  }
  return {};
}

// A day at a time: one statement over a long history could outlast its time limit, for ever.
sql_status purge_one(connection& db, const uuid& id) {
  auto days = partition_days(db);
  if (!days)
    return sql_fail(days.error());
  for (auto d : *days)
    if (auto done = db.run(purge_results, params{} << id << timestamp{d} << timestamp{d + std::chrono::days{1}}); !done)
      return sql_fail(done.error());
  return run_each(db, {&purge_packs, &purge_changes, &purge_hour, &purge_day, &purge_done}, params{} << id);
}

sql_status purge_removed(connection& db, timestamp now) {
  auto found = db.run(purgeable_monitors, params{} << now - purge_delay);
  if (!found)
    return sql_fail(found.error());
  for (int i = 0; i < found->size(); ++i) {
    uuid id;
    row_reader{*found, i} >> id;
    if (auto done = purge_one(db, id); !done)
      return done;
  }
  return {};
}

} // namespace

sql_status run_once(connection& db, timestamp now, const housekeeping_options& options) {
  if (auto made = make_partitions(db, now); !made)
    return made;
  for (int i = 0; i < most_rollup_rounds; ++i) {
    auto more = roll_up(db, now, options.rollup);
    if (!more)
      return sql_fail(more.error());
    if (!*more)
      break;
  }
  if (auto packed = pack_next(db, now, options.packing); !packed)
    return sql_fail(packed.error());
  if (auto purged = purge_removed(db, now); !purged)
    return purged;
  auto may = may_forget(db, now);
  if (!may)
    return sql_fail(may.error());
  if (!*may)
    return {};
  auto dropped = drop_partitions(db, now, options.retention.results);
  return dropped ? forget(db, now, options.retention) : dropped;
}

housekeeping::housekeeping(housekeeping_options options, const wall_clock& clock)
  : options_(std::move(options)), clock_(clock) {
  thread_ = std::thread{[this] { loop(); }};
}

housekeeping::~housekeeping() {
  stop();
}

void housekeeping::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
    if (working_)
      break_off();
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void housekeeping::loop() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    lock.unlock();
    if (auto done = round(); !done) {
      spdlog::warn("housekeeping: {} {}", done.error().sqlstate, done.error().message);
      if (done.error().remedy == remedy::reconnect)
        connection_.reset();
    }
    lock.lock();
    wake_.wait_for(lock, options_.round, [&] { return stopping_; });
  }
}

// What is under way may take minutes. It is done over after the next start.
void housekeeping::break_off() {
  using namespace std::chrono_literals;
  auto beside = connection::open(options_.conninfo, {1s, 1s, 2s});
  if (beside)
    if (auto ended = (*beside)->run(end_session, params{} << backend_); !ended)
      spdlog::warn("housekeeping: {} {}", ended.error().sqlstate, ended.error().message);
}

sql_status housekeeping::round() {
  if (!connection_ || !connection_->alive()) {
    auto opened = connection::open(options_.conninfo, options_.session);
    if (!opened)
      return sql_fail(opened.error());
    connection_ = std::move(*opened);
  }
  {
    std::lock_guard lock{mutex_};
    if (stopping_)
      return {};
    backend_ = connection_->backend_pid();
    working_ = true;
  }
  auto done = run_once(*connection_, clock_.now(), options_);
  std::lock_guard lock{mutex_};
  working_ = false;
  return done;
}

} // namespace gochron::storage
