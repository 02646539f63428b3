#include "storage/monitor/runtime_flusher.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "storage/postgres/backoff.hpp"

namespace gochron::storage {
namespace {

using std::chrono::steady_clock;

// Rows are made and deleted with their monitors: a note about a deleted one finds nothing to update. The organisation
// is compared in a way that no index serves: while a table is young, one by organisation looks as good as the key's,
// and the plan stays when all monitors of it have to be read for each row.
const std::string update = R"(
UPDATE monitor_state s SET
  sequence = x.sequence, status = x.status, transition = x.transition, first_failure = x.first_failure,
  failures = x.failures, first_success = x.first_success, successes = x.successes, status_since = x.status_since,
  cause_code = x.cause_code, cause_message = x.cause_message, last_checked_at = x.last_checked_at,
  open_incident_id = x.open_incident_id, last_ping = x.last_ping, run_started_at = x.run_started_at,
  run_id = x.run_id, last_duration_ms = x.last_duration_ms, skipped_slots = x.skipped_slots
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::bigint[],
            $8::timestamptz[], $9::bigint[], $10::timestamptz[], $11::text[], $12::text[], $13::timestamptz[],
            $14::uuid[], $15::timestamptz[], $16::timestamptz[], $17::text[], $18::bigint[], $19::bigint[])
  x (monitor_id, org_id, sequence, status, transition, first_failure, failures, first_success, successes,
     status_since, cause_code, cause_message, last_checked_at, open_incident_id, last_ping, run_started_at, run_id,
     last_duration_ms, skipped_slots)
WHERE s.monitor_id = x.monitor_id AND s.org_id IS NOT DISTINCT FROM x.org_id AND s.sequence < x.sequence)";

const statement update_runtimes{"update_runtimes", update};

// Without the rows that somebody holds: while this waited for one, it would hold the others against the writer. Those
// are returned.
const statement update_free_runtimes{"update_free_runtimes", R"(
WITH free AS MATERIALIZED (
  SELECT monitor_id FROM monitor_state WHERE monitor_id = ANY ($1::uuid[]) FOR NO KEY UPDATE SKIP LOCKED),
written AS ()" + update + R"( AND x.monitor_id IN (SELECT monitor_id FROM free))
SELECT s.monitor_id FROM monitor_state s
WHERE s.monitor_id = ANY ($1::uuid[]) AND s.monitor_id NOT IN (SELECT monitor_id FROM free))"};

// Only the last statement of a round waits for the disk, and what it waits for includes the others: a flush each would
// be waited for by everybody's commits.
const statement leave_to_the_last{"leave_to_the_last", "SET synchronous_commit = off"};
const statement wait_for_the_disk{"wait_for_the_disk", "SET synchronous_commit TO DEFAULT"};

template <class T, class Noted, class F>
std::vector<T> column(const std::vector<Noted>& xs, std::size_t from, std::size_t to, F f) {
  std::vector<T> values;
  values.reserve(to - from);
  for (auto i = from; i < to; ++i)
    values.push_back(f(xs[i]));
  return values;
}

std::optional<std::int64_t> count_of(const std::optional<milliseconds>& x) {
  return x ? std::optional{static_cast<std::int64_t>(x->count())} : std::nullopt;
}

std::optional<uuid> value_of(const std::optional<incident_id>& x) {
  return x ? std::optional{x->value} : std::nullopt;
}

} // namespace

runtime_flusher::runtime_flusher(flusher_options options) : options_(std::move(options)) {
  thread_ = std::thread{[this] { loop(); }};
}

runtime_flusher::~runtime_flusher() {
  stop();
}

bool runtime_flusher::note(monitor_id id, org_id org, const monitor_runtime& x) {
  std::lock_guard lock{mutex_};
  auto it = waiting_.find(id);
  if (stopping_ || (it == waiting_.end() && waiting_.size() >= options_.max_monitors)) {
    ++stats_.refused;
    return false;
  }
  if (!waiting_since_)
    waiting_since_ = options_.clock->now();
  if (it == waiting_.end()) {
    waiting_.emplace(id, noted{id, org, x});
    if (waiting_.size() == 1)
      wake_.notify_one();
  } else {
    ++stats_.coalesced;
    if (it->second.runtime.sequence <= x.sequence)
      it->second.runtime = x;
  }
  stats_.waiting = waiting_.size();
  return true;
}

void runtime_flusher::after_notes(std::function<void()> then) {
  {
    std::lock_guard lock{mutex_};
    auto round = waiting_.empty() ? round_ : round_ + 1;
    if (written_round_ < round && !stopping_) {
      flush_now_ = true;
      wake_.notify_all();
      listeners_.emplace_back(round, std::move(then));
      return;
    }
  }
  then();
}

std::optional<timestamp> runtime_flusher::unwritten_since() {
  std::lock_guard lock{mutex_};
  return writing_since_ ? writing_since_ : waiting_since_; // a round begins with all that waits
}

void runtime_flusher::tell_listeners(bool all) {
  std::vector<std::function<void()>> due;
  {
    std::lock_guard lock{mutex_};
    std::erase_if(listeners_, [&](auto& x) {
      bool written = all || x.first <= written_round_;
      if (written)
        due.push_back(std::move(x.second));
      return written;
    });
  }
  for (auto& then : due)
    then();
}

bool runtime_flusher::flush(std::chrono::milliseconds deadline) {
  std::unique_lock lock{mutex_};
  auto target = waiting_.empty() ? round_ : round_ + 1;
  flush_now_ = true;
  wake_.notify_all();
  return idle_.wait_for(lock, deadline, [&] { return written_round_ >= target; });
}

void runtime_flusher::stop() {
  {
    std::lock_guard lock{mutex_};
    if (!stopping_)
      stop_deadline_ = steady_clock::now() + options_.stop_grace;
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void runtime_flusher::loop() {
  for (;;) {
    std::vector<noted> xs;
    {
      std::unique_lock lock{mutex_};
      wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      wake_.wait_for(lock, options_.interval, [&] { return stopping_ || flush_now_; });
      flush_now_ = false;
      if (waiting_.empty())
        break;
      for (auto& [id, x] : waiting_)
        xs.push_back(std::move(x));
      waiting_.clear();
      writing_since_ = std::exchange(waiting_since_, std::nullopt);
      stats_.waiting = 0;
      ++round_;
    }
    if (!write(xs))
      break;
    {
      std::lock_guard lock{mutex_};
      auto since = std::exchange(writing_since_, std::nullopt);
      if (!std::exchange(kept_, false))
        written_round_ = round_;
      else {
        waiting_since_ = since; // what was kept is the oldest
        if (stop_deadline_ && steady_clock::now() >= *stop_deadline_)
          break;
      }
    }
    idle_.notify_all();
    tell_listeners(false);
  }
  tell_listeners(true);
}

// False when we are stopping and the grace is over. Meanwhile newer notes wait; the guard keeps the order.
bool runtime_flusher::write(const std::vector<noted>& xs) {
  backoff wait;
  for (;;) {
    auto done = attempt(xs);
    if (done)
      return true;
    const auto& why = done.error();
    spdlog::warn("runtimes are not written: {} {}", why.sqlstate, why.message);
    if (why.remedy == remedy::reject || why.remedy == remedy::defect)
      return true; // a later state of the same monitors follows
    if (why.remedy == remedy::reconnect)
      connection_.reset();
    std::unique_lock lock{mutex_};
    if (stop_deadline_ && steady_clock::now() >= *stop_deadline_)
      return false;
    if (stop_deadline_)
      wake_.wait_for(lock, std::chrono::milliseconds{50}, [] { return false; });
    else
      wake_.wait_for(lock, wait.next(), [&] { return stopping_; });
  }
}

sql_status runtime_flusher::attempt(const std::vector<noted>& xs) {
  if (!connection_ || !connection_->alive()) {
    auto opened = connection::open(options_.conninfo, options_.session);
    if (!opened)
      return sql_fail(opened.error());
    connection_ = std::move(*opened);
  }
  for (std::size_t from = 0; from < xs.size(); from += options_.batch) {
    auto to = std::min(from + options_.batch, xs.size());
    bool last = to == xs.size();
    if (from == 0 || last)
      if (auto set = connection_->run(last ? wait_for_the_disk : leave_to_the_last); !set)
        return sql_fail(set.error());
    auto values = params_of(xs, from, to);
    auto done = connection_->run(update_runtimes, values);
    if (!done && done.error().remedy == remedy::defer) {
      done = connection_->run(update_free_runtimes, values);
      if (done)
        keep(map_rows(*done,
                      [](row_reader& in) {
                        monitor_id id;
                        in >> id;
                        return id;
                      }),
             xs);
    }
    if (!done)
      return sql_fail(done.error());
    stats_.written += to - from;
  }
  return {};
}

// For the next round, unless something newer was noted meanwhile.
void runtime_flusher::keep(const std::vector<monitor_id>& held, const std::vector<noted>& xs) {
  std::lock_guard lock{mutex_};
  kept_ = kept_ || !held.empty();
  for (const auto& x : xs)
    if (std::find(held.begin(), held.end(), x.id) != held.end())
      waiting_.try_emplace(x.id, x);
  stats_.waiting = waiting_.size();
}

params runtime_flusher::params_of(const std::vector<noted>& xs, std::size_t from, std::size_t to) {
  using time = std::optional<timestamp>;
  using number = std::int64_t;
  auto of = [&]<class T>(auto f) { return column<T>(xs, from, to, f); };
  auto name = [](auto x) { return std::string{core::name_of(x)}; };
  params p;
  p << of.template operator()<uuid>([](auto& x) { return x.id.value; });
  p << of.template operator()<uuid>([](auto& x) { return x.org.value; });
  p << of.template operator()<number>([](auto& x) { return x.runtime.sequence; });
  p << of.template operator()<std::string>([&](auto& x) { return name(x.runtime.state.status); });
  p << of.template operator()<std::string>([&](auto& x) { return name(x.runtime.state.transition); });
  p << of.template operator()<time>([](auto& x) { return x.runtime.state.first_failure; });
  p << of.template operator()<number>([](auto& x) { return number{x.runtime.state.failures}; });
  p << of.template operator()<time>([](auto& x) { return x.runtime.state.first_success; });
  p << of.template operator()<number>([](auto& x) { return number{x.runtime.state.successes}; });
  p << of.template operator()<timestamp>([](auto& x) { return x.runtime.status_since; });
  p << of.template operator()<std::string>([&](auto& x) { return name(x.runtime.cause.code); });
  p << of.template operator()<std::string>([](auto& x) { return x.runtime.cause.message; });
  p << of.template operator()<time>([](auto& x) { return x.runtime.last_checked_at; });
  p << of.template operator()<std::optional<uuid>>([](auto& x) { return value_of(x.runtime.open_incident); });
  p << of.template operator()<time>([](auto& x) { return x.runtime.heartbeat.last_ping; });
  p << of.template operator()<time>([](auto& x) { return x.runtime.heartbeat.started_at; });
  p << of.template operator()<std::string>([](auto& x) { return x.runtime.heartbeat.run_id; });
  p << of.template operator()<std::optional<number>>(
      [](auto& x) { return count_of(x.runtime.heartbeat.last_duration); });
  p << of.template operator()<number>([](auto& x) { return x.runtime.skipped_slots; });
  return p;
}

} // namespace gochron::storage
