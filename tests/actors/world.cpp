#include "world.hpp"

namespace gochron::testing {

world::world() {
  shard = sys.spawn(actors::shard, &deps, 0u, leaves);
  settle();
}

world::~world() {
  caf::anon_send_exit(shard, caf::exit_reason::user_shutdown);
  shard = nullptr;
  settle();
}

caf::scheduler::test_coordinator& world::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
}

void world::settle() {
  scheduler().run();
}

void world::advance(milliseconds total, milliseconds step) {
  for (; total > 0ms; total -= step) {
    clock.t += std::min(step, total);
    clock.steady += std::min(step, total);
    fire();
  }
}

void world::fire() {
  std::vector<actors::timer_entry> due;
  timers.wheel.advance(static_cast<std::uint64_t>(clock.steady / 10ms), due);
  actors::ticked leaves_of_shard, others;
  for (auto& x : due)
    (x.shard == 0 ? leaves_of_shard : others).batch.timers.push_back({x.slot, x.token});
  if (!leaves_of_shard.batch.timers.empty())
    caf::anon_send(shard, std::move(leaves_of_shard));
  if (!others.batch.timers.empty())
    beside_shard(std::move(others));
  settle();
}

void world::pass(milliseconds length) {
  scheduler().advance_time(length);
  settle();
}

void world::jump(milliseconds by) {
  gaps.notice({clock.t, clock.t + by});
  clock.t += by;
  caf::anon_send(shard, actors::clock_jumped{});
  settle();
}

void world::stand_still(milliseconds length) {
  gaps.notice({clock.t, clock.t + length});
  clock.t += length;
  clock.steady += length;
  fire();
  caf::anon_send(shard, actors::clock_jumped{});
  settle();
}

monitor_id world::add(monitor_spec spec) {
  actors::new_monitor m;
  m.record.id = monitor_id::make(clock.t);
  m.record.org = org;
  m.record.created_at = clock.t;
  m.record.spec = std::move(spec);
  if (m.record.spec.type() == monitor_type::heartbeat)
    m.record.ping_token = m.record.id.str();
  auto made = ask<monitor_view>(std::move(m));
  REQUIRE(made);
  return made->record.id;
}

channel_id world::add_channel(std::string name, std::string url) {
  channel_spec spec;
  spec.name = std::move(name);
  spec.target = webhook_target{std::move(url), {}, 10s};
  return add_channel(std::move(spec));
}

channel_id world::add_channel(channel_spec spec) {
  actors::new_channel m;
  m.record.id = channel_id::make(clock.t);
  m.record.org = org;
  m.record.secret.value = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  m.record.spec = std::move(spec);
  auto made = ask<channel_record>(std::move(m));
  REQUIRE(made);
  return made->id;
}

rule_id world::add_rule(std::vector<channel_id> to) {
  alert_rule_record x;
  x.id = rule_id::make(clock.t);
  x.org = org;
  x.spec.name = "everything";
  x.spec.channel_ids = std::move(to);
  alerts.put(x);
  return x.id;
}

policy_id world::add_policy(escalation_policy_spec spec) {
  actors::new_policy m;
  m.record.id = policy_id::make(clock.t);
  m.record.org = org;
  m.record.spec = std::move(spec);
  auto made = ask<escalation_policy_record>(std::move(m));
  REQUIRE(made);
  return made->id;
}

rule_id world::add_climbing_rule(policy_id to) {
  alert_rule_record x;
  x.id = rule_id::make(clock.t);
  x.org = org;
  x.spec.name = "pages";
  x.spec.escalation_policy_id = to;
  alerts.put(x);
  return x.id;
}

monitor_view world::view(monitor_id id) {
  auto x = ask<monitor_view>(get_monitor{org, id, {}});
  REQUIRE(x);
  return *x;
}

result<monitor_view> world::edit(monitor_id id, std::function<void(monitor_spec&)> change) {
  edit_monitor m;
  m.org = org;
  m.id = id;
  m.by = by<monitor_view>();
  m.edit = [change](const monitor_spec& now) -> result<monitor_spec> {
    auto next = now;
    change(next);
    return next;
  };
  return ask<monitor_view>(std::move(m));
}

result<incident> world::handle(monitor_id id, incident_id which, incident_verb verb) {
  return ask<incident>(handle_incident{org, id, which, verb, "", by<incident>(), {}});
}

status world::ping(monitor_id id, ping_kind kind, std::uint8_t exit_code) {
  gochron::ping p;
  p.kind = kind;
  p.exit_code = exit_code;
  p.received_at = clock.t;
  p.is_post = true;
  return ask<void>(actors::ping_monitor{id, p, {}, {}});
}

std::shared_ptr<std::optional<status>> world::receive(monitor_id id, ping_kind kind) {
  gochron::ping p;
  p.kind = kind;
  p.received_at = clock.t;
  auto told = std::make_shared<std::optional<status>>();
  actors::receive_ping(deps, id.str(), p, reply_to<void>{[told](status s) { *told = s; }},
                       [this](actors::ping_monitor m) { caf::anon_send(shard, std::move(m)); });
  return told;
}

void world::answer(verdict v, reason r) {
  probes.answer.verdict = v;
  probes.answer.reason = r;
  probes.answer.message = r == reason::none ? "" : "It did not answer.";
}

monitor_spec http_monitor(seconds interval) {
  monitor_spec s;
  s.name = "API";
  s.interval = interval;
  http_check check;
  check.url = "http://target/";
  s.check = check;
  return s;
}

monitor_spec heartbeat_monitor(seconds period, seconds grace) {
  monitor_spec s;
  s.name = "backup";
  heartbeat_check check;
  check.period = period;
  check.grace = grace;
  s.check = check;
  return s;
}

} // namespace gochron::testing
