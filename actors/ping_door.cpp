#include "actors/ping_door.hpp"

#include "actors/monitor_timer.hpp"

namespace gochron::actors {
namespace {

constexpr std::string_view ping_names[] = {"success", "start", "fail", "log", "exit"};

// Until the monitor is told of pings that were heard without it: more of them, and of other monitors, come along.
constexpr milliseconds tell_after{50};

} // namespace

check_result ping_result(monitor_id id, org_id org, const ping& x) {
  check_result result;
  result.monitor = id;
  result.org = org;
  result.round_at = result.scheduled_at = result.outcome.started_at = x.received_at;
  result.trigger = check_trigger::ping;
  result.outcome.verdict = verdict::up;
  result.outcome.reason = reason::none;
  result.outcome.remote_ip = x.remote_ip;
  result.ping_kind = ping_names[static_cast<std::size_t>(x.kind)];
  result.ping_body = x.body;
  return result;
}

void receive_ping(const leaf_deps& deps, std::string_view token, ping x, reply_to<void> reply,
                  const std::function<void(ping_monitor)>& to_actor) {
  auto to = deps.pings.arrived(token, x);
  if (!to)
    return reply(fail(errc::not_found, "No such ping URL."));
  if (to->refused_for.count() > 0) {
    error e{errc::rate_limited, "This heartbeat is pinged too often.", {}, {}, {}};
    e.retry_after = std::chrono::ceil<seconds>(to->refused_for);
    return reply(fail(std::move(e)));
  }
  if (!to->heard)
    return to_actor(ping_monitor{to->id, std::move(x), std::move(reply), std::move(to->way)});
  ++deps.counts.pings;
  deps.monitors.note(ping_result(to->id, to->org, x));
  if (to->first)
    deps.timers.arm(to->where, tell_after, timer_token(timer_kind::heard, 0));
  reply({});
}

} // namespace gochron::actors
