#include "actors/monitor.hpp"
#include "actors/monitor_timer.hpp"
#include "core/listening.hpp"
#include "core/round_clock.hpp"

namespace gochron::actors {
namespace {

// A failure that we stood still in is as likely ours: its timeouts ran out while nobody could read the answer.
check_outcome judged(check_outcome x, core::gaps gaps, timestamp now) {
  if (x.verdict != verdict::down || core::unobserved(gaps, x.started_at, now) == milliseconds{0})
    return x;
  x.verdict = verdict::error;
  x.reason = reason::probe_error;
  x.message = "The engine stood still during this check: " + x.message;
  return x;
}

} // namespace

// Slots that have passed before we come to look at one are left out, and so is this one when the round before is still
// under way (it outlives its interval, or more is due than can be checked), or the database takes no transitions.
void monitor_state::on_round() {
  if (is_kept_from_checks(now()))
    return look_at_windows();
  if (!next_round)
    return; // of a window whose end is looked at when the edit is through
  auto slot = *next_round;
  arm(slot);
  bool held = !slept_through(slot) && !round && !editing && !lane.full();
  auto left_out = core::skipped_between(slot, *next_round, record->spec.interval) + (held ? 0 : 1);
  runtime.skipped_slots += left_out;
  deps->counts.skipped_slots += left_out;
  if (held)
    begin_round(slot, check_trigger::schedule);
}

// After we stood still every round is overdue. All at once they would be a storm that proves nothing about the targets;
// the grid spreads them. Only where the next slot is far away is a late look better than none.
bool monitor_state::slept_through(timestamp slot) {
  auto t = now();
  return core::unobserved(*deps->gaps.all(), slot, t) > milliseconds{0} && *next_round - t < std::chrono::minutes{10};
}

void monitor_state::begin_round(timestamp at, check_trigger trigger) {
  round = std::make_unique<round_in_progress>();
  round->serial = ++serial;
  round->at = at;
  round->scheduled_at = at;
  round->trigger = trigger;
  ++deps->counts.rounds;
  attempt();
}

void monitor_state::attempt() {
  if (!round)
    return;
  probe_job job;
  job.monitor = record->id;
  job.spec = {record, &record->spec};
  deps->checks.probe(std::move(job), [deps = deps, shard = where.shard, to = monitor_actor{self}, this,
                                      of = round->serial](check_outcome x) {
    auto seen = std::make_shared<check_outcome>(std::move(x));
    deps->timers.post(shard,
                      [=, this] { caf::anon_send(to, resume{[=, this] { on_outcome(of, std::move(*seen)); }}); });
  });
}

void monitor_state::on_outcome(std::uint32_t round_serial, check_outcome outcome) {
  if (!round || round->serial != round_serial)
    return;
  if (merging)
    return lane.push([this, round_serial, outcome = std::move(outcome)] {
      on_outcome(round_serial, outcome);
      lane.done();
    });
  if (is_kept_from_checks(now()))
    return look_at_windows(); // which gives up the round
  check_result result;
  result.monitor = record->id;
  result.org = record->org;
  result.round_at = round->at;
  result.attempt = round->attempt;
  result.trigger = round->trigger;
  result.scheduled_at = round->scheduled_at;
  result.lag = std::max(outcome.started_at - round->scheduled_at, milliseconds{0});
  auto t = now(); // before the log is read: it may be what notices a gap
  result.outcome = judged(std::move(outcome), *deps->gaps.all(), t);
  ++deps->counts.verdicts[static_cast<std::size_t>(result.outcome.verdict)];
  deps->counts.note_lag(result.lag);
  deps->monitors.note(result);

  bool good = result.outcome.verdict == verdict::up || result.outcome.verdict == verdict::degraded;
  if (!good && round->attempt <= record->spec.retry.count) {
    ++round->attempt;
    round->scheduled_at = now() + record->spec.retry.delay;
    deps->timers.arm(where, record->spec.retry.delay, timer_token(timer_kind::retry, round->serial));
    return;
  }
  conclude(std::move(result));
}

void monitor_state::conclude(check_result result) {
  auto done = std::move(round);
  runtime.last_checked_at = result.outcome.started_at + result.outcome.response_time;
  core::observation seen;
  seen.verdict = result.outcome.verdict;
  seen.cause = {result.outcome.reason, result.outcome.message};
  seen.at = result.round_at;
  note_for_waiters(result);
  observe(seen, &result);
  for (auto& reply : done->waiting)
    answer_in_turn<run_monitor>(reply, gochron::result<check_result>{result});
}

void monitor_state::abandon_round(const char* why) {
  if (auto abandoned = std::move(round))
    for (auto& reply : abandoned->waiting)
      reply(fail(errc::conflict, why));
}

void monitor_state::on(const run_monitor& x) {
  if (auto e = outdated(x))
    return x.reply(fail(*e));
  if (is_heartbeat())
    return x.reply(fail(errc::conflict, "A heartbeat waits for pings; there is nothing to run."));
  if (is_manual())
    return x.reply(fail(errc::conflict, "A manual monitor checks nothing; there is nothing to run."));
  if (record->spec.paused || editing)
    return x.reply(fail(errc::conflict, "The monitor is paused."));
  if (in_maintenance())
    return x.reply(fail(errc::conflict, "The monitor is in maintenance."));
  if (lane.full())
    return x.reply(not_taken());
  if (x.dry)
    return x.reply(check_result{});
  if (!round)
    begin_round(now(), check_trigger::manual);
  if (round->waiting.size() >= 16)
    return x.reply(try_later(errc::busy, "Too many callers wait for this check already."));
  round->waiting.push_back(x.reply);
}

} // namespace gochron::actors
