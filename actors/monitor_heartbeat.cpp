#include "actors/monitor.hpp"
#include "core/heartbeat_machine.hpp"

namespace gochron::actors {
namespace {

constexpr std::string_view ping_names[] = {"success", "start", "fail", "log", "exit"};

} // namespace

core::heartbeat_context monitor_state::heartbeat() const {
  return {std::get<heartbeat_check>(record->spec.check), runtime.state.status, armed_since, deps->gaps.all()};
}

void monitor_state::on_ping(const ping_monitor& x) {
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
  take_ping(x.ping);
  x.reply({});
}

// A ping on a paused monitor takes it up again; the ping counts once that is written.
void monitor_state::resume_by(const ping_monitor& x) {
  edit_monitor wanted;
  wanted.org = record->org;
  wanted.id = record->id;
  wanted.who = "system";
  wanted.edit = [](const monitor_spec& spec) -> result<monitor_spec> {
    auto next = spec;
    next.paused = false;
    return next;
  };
  wanted.reply = reply_to<monitor_view>{later([this, x](result<monitor_view> resumed) {
    if (!resumed)
      return x.reply(fail(resumed.error()));
    take_ping(x.ping);
    x.reply({});
  })};
  on(wanted);
}

void monitor_state::take_ping(const ping& x) {
  auto step = core::receive(heartbeat(), runtime.heartbeat, x);
  auto& check = std::get<heartbeat_check>(record->spec.check);
  runtime.heartbeat = step.next;
  runtime.last_checked_at = x.received_at;

  check_result result;
  result.monitor = record->id;
  result.org = record->org;
  result.round_at = result.scheduled_at = result.outcome.started_at = x.received_at;
  result.trigger = check_trigger::ping;
  result.outcome.verdict = verdict::up;
  result.outcome.reason = reason::none;
  result.outcome.remote_ip = x.remote_ip;
  if (x.kind == ping_kind::success || x.kind == ping_kind::exit)
    result.outcome.response_time = step.next.last_duration.value_or(milliseconds{0});
  result.ping_kind = ping_names[static_cast<std::size_t>(x.kind)];
  result.ping_body = x.body.substr(0, check.max_body_bytes);
  if (!step.observed.empty()) {
    result.outcome.verdict = step.observed.back().verdict;
    result.outcome.reason = step.observed.back().cause.code;
    result.outcome.message = step.observed.back().cause.message;
  }
  deps->monitors.note(result);

  for (auto& seen : step.observed)
    observe(seen, &result);
  if (step.observed.empty()) {
    ++runtime.sequence;
    note_runtime();
  }
  arm_deadline();
}

// A deadline that moves away costs nothing: the armed timer finds it moved when it fires. Only a nearer one is armed.
void monitor_state::arm_deadline() {
  auto due = core::deadline(heartbeat(), runtime.heartbeat);
  bool covered = due && armed_for && *armed_for <= *due;
  next_round = due;
  if (due && !covered)
    arm();
}

void monitor_state::on_deadline() {
  armed_for.reset();
  auto t = now(); // before the log is read: it may be what notices a gap
  auto missed = core::expired(heartbeat(), runtime.heartbeat, t);
  if (missed && !lane.full() && !editing)
    observe(*missed, nullptr);
  arm();
}

} // namespace gochron::actors
