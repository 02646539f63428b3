#include <algorithm>

#include "actors/monitor.hpp"
#include "actors/ping_door.hpp"
#include "core/heartbeat_machine.hpp"

namespace gochron::actors {

core::heartbeat_context monitor_state::heartbeat() const {
  return {std::get<heartbeat_check>(record->spec.check), runtime.state.status, armed_since, deps->gaps.all()};
}

void monitor_state::on(const ping_monitor& x) {
  if (editing && !lane.full())
    return behind_the_edit(x);
  if (x.way)
    x.way->arrive();
  look_at_windows(); // the ping may be the first to notice
  catch_up();
  auto* check = std::get_if<heartbeat_check>(&record->spec.check);
  if (!check)
    return x.reply(fail(errc::not_found, "No such ping URL."));
  if (check->methods == ping_methods::post_only && !x.ping.is_post)
    return x.reply(fail(errc::unsupported, "This heartbeat takes POST only."));
  if (lane.full())
    return x.reply(not_taken());
  ++deps->counts.pings;
  if (core::receive(heartbeat(), runtime.heartbeat, x.ping).resume)
    return resume_by(x);
  take_ping(x);
}

// A ping on a paused monitor takes it up again; the ping counts once that is written.
void monitor_state::resume_by(const ping_monitor& x) {
  edit_monitor wanted;
  wanted.org = record->org;
  wanted.id = record->id;
  wanted.edit = [](const monitor_spec& spec) -> result<monitor_spec> {
    auto next = spec;
    next.paused = false;
    return next;
  };
  wanted.reply = reply_to<monitor_view>{
      later([this, x](result<monitor_view> resumed) { resumed ? take_ping(x) : x.reply(fail(resumed.error())); })};
  on(wanted);
}

// Answered when the change that it makes, if any, is committed.
void monitor_state::take_ping(const ping_monitor& x) {
  auto most = std::get<heartbeat_check>(record->spec.check).max_body_bytes;
  auto result = ping_result(record->id, record->org, x.ping);
  result.ping_body.resize(std::min<std::size_t>(result.ping_body.size(), most));
  bool decided = apply(x.ping, &result);
  listen();
  if (!decided)
    return x.reply({});
  answer_in_turn<ping_monitor>(x.reply, status{});
}

// Takes the pings that were answered before this actor knew of them; from here on there are none, until it listens
// again. They change nothing but the last ping, and go the way of all others nevertheless.
void monitor_state::catch_up() {
  if (!is_heartbeat())
    return;
  ping last;
  if (auto at = deps->pings.take(record->ping_token)) {
    last.received_at = *at;
    apply(last, nullptr);
  }
}

// `result`, if any, becomes the evidence, completed by what is decided.
bool monitor_state::apply(const ping& x, check_result* result) {
  auto step = core::receive(heartbeat(), runtime.heartbeat, x);
  runtime.heartbeat = step.next;
  runtime.last_checked_at = x.received_at;
  if (result) {
    if (x.kind == ping_kind::success || x.kind == ping_kind::exit)
      result->outcome.response_time = step.next.last_duration.value_or(milliseconds{0});
    if (!step.observed.empty()) {
      result->outcome.verdict = step.observed.back().verdict;
      result->outcome.reason = step.observed.back().cause.code;
      result->outcome.message = step.observed.back().cause.message;
    }
    deps->monitors.note(*result);
  }
  bool decided = false;
  for (auto& seen : step.observed)
    decided = observe(seen, result) || decided;
  if (step.observed.empty()) {
    ++runtime.sequence;
    note_runtime();
  }
  arm_deadline();
  return decided;
}

// A deadline that moves away costs nothing: the armed timer finds it moved when it fires. Only a nearer one is armed.
void monitor_state::arm_deadline() {
  auto due = core::deadline(heartbeat(), runtime.heartbeat);
  bool covered = due && armed_for && *armed_for <= *due;
  next_round = due;
  if (due && !covered)
    arm();
}

// From here on, while it is certain what a plain success changes, such pings need not come to this actor.
void monitor_state::listen() {
  if (!is_heartbeat())
    return;
  auto& state = runtime.state;
  bool calm = state.status == monitor_status::up && state.transition == transition_kind::none &&
              !runtime.heartbeat.started_at && !runtime.open_incident && !editing && lane.idle() &&
              std::get<heartbeat_check>(record->spec.check).methods == ping_methods::any;
  if (calm && next_round)
    deps->pings.open(record->ping_token, *next_round);
}

void monitor_state::on_deadline() {
  catch_up();
  armed_for.reset();
  auto t = now();    // before the log is read: it may be what notices a gap
  look_at_windows(); // whatever is missed from the beginning of one on is not
  auto missed = core::expired(heartbeat(), runtime.heartbeat, t);
  if (missed && !lane.full() && !editing)
    observe(*missed, nullptr);
  arm();
  listen();
}

} // namespace gochron::actors
