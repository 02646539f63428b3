#include "bench/micro.hpp"

#include <stdexcept>

#include "bench/timing.hpp"
#include "core/alert_matching.hpp"
#include "core/availability.hpp"
#include "core/check_machine.hpp"
#include "core/documents.hpp"
#include "core/escalation.hpp"
#include "core/heartbeat_machine.hpp"
#include "core/on_call/timetable.hpp"
#include "core/round_clock.hpp"
#include "core/rule_conditions.hpp"
#include "core/schema/resources.hpp"
#include "core/token_format.hpp"
#include "core/webhook_signature.hpp"

namespace gochron::bench {
namespace {

using namespace std::chrono_literals;

constexpr timestamp start{1'700'000'000'000ms};

void ids() {
  auto id = monitor_id::make(start);
  auto text = id.str();
  measure("id: make", [] { keep(monitor_id::make(start)); });
  measure("id: to text", [&] { keep(id.str()); });
  measure("id: from text", [&] { keep(monitor_id::parse(text)); });
}

void rounds() {
  auto id = monitor_id::make(start);
  auto at = start;
  measure("round: the next slot", [&] { keep(at = core::next_round(id, 60s, at)); });

  check_state state;
  core::observation up{verdict::up, {}, start};
  core::observation down{verdict::down, {reason::connect_refused, "Connection refused."}, start};
  core::check_policy patient{.failure_threshold = 3, .confirmation = 60s, .success_threshold = 2, .recovery = 0s};
  measure("round: up stays up", [&] { keep(state = core::observe({}, state, up).next); });
  measure("round: down, then up, each at once", [&] {
    state = core::observe({}, state, down).next;
    keep(state = core::observe({}, state, up).next);
  });
  measure("round: failing, being confirmed", [&] { keep(core::observe(patient, state, down)); });
}

void heartbeats() {
  core::heartbeat_context context{{}, monitor_status::up, start};
  heartbeat_state state{.last_ping = start, .started_at = {}, .run_id = {}, .last_duration = {}};
  ping success;
  success.received_at = start + 60s;
  measure("heartbeat: a ping", [&] { keep(core::receive(context, state, success)); });
  measure("heartbeat: its deadline", [&] { keep(core::deadline(context, state)); });
}

void webhooks() {
  auto secret = core::make_webhook_secret(start);
  std::string body(1024, 'x');
  auto id = event_id::make(start).str();
  measure("webhook: X-Gochron-Signature of 1 KiB", [&] { keep(core::github_signature(secret.value, body)); });
  measure("webhook: all signature headers of 1 KiB", [&] { keep(core::signature_headers(secret, id, body, start)); });
}

void tokens() {
  auto token = core::make_token();
  measure("token: is it well formed", [&] { keep(core::is_well_formed_token(token)); });
  measure("token: its digest", [&] { keep(core::token_digest(token)); });
}

// A hundred rules for other tags and one for ours.
core::alert_book many_rules(channel_id channel) {
  core::alert_book book;
  book.channels.push_back({channel, true, {}, true});
  for (int i = 0; i <= 100; ++i) {
    alert_rule_record rule;
    rule.id = rule_id::make(start);
    rule.spec.selector.tags = {i == 100 ? std::string{"team:shop"} : fmt::format("team:{}", i)};
    rule.spec.channel_ids = {channel};
    book.rules.push_back(std::move(rule));
  }
  return book;
}

void documents() {
  std::string_view body = R"({"name":"Shop front page","type":"http","interval_seconds":30,"tags":["team:shop","web"],)"
                          R"("http":{"url":"https://shop.example.com/health","required_keyword":"ok"}})";
  auto spec = core::create<monitor_spec>(body);
  if (!spec)
    throw std::logic_error(spec.error().detail);
  auto stored = core::to_document(*spec);
  measure("document: a POST body to a monitor", [&] { keep(core::create<monitor_spec>(body)); });
  measure("document: a PATCH of one property", [&] { keep(core::merge(*spec, R"({"interval_seconds":60})")); });
  measure("document: a monitor to its row", [&] { keep(core::to_document(*spec)); });
  measure("document: a monitor from its row", [&] { keep(core::monitor_spec_of(stored.plain, stored.secret)); });
}

void alerts() {
  auto book = many_rules(channel_id::make(start));
  auto id = monitor_id::make(start);
  monitor_spec monitor;
  monitor.tags = {"team:shop", "web"};
  measure("alert: who is told, among 101 rules by tag", [&] {
    keep(core::targets_of(book, {event_type::incident_opened, id, monitor}));
  });
}

// What a rule that looks at rounds adds to each round that is fine.
void conditions() {
  using field = condition_field;
  using op = condition_operator;
  monitor_spec monitor;
  monitor.tags = {"team:shop", "web"};
  core::condition_facts facts;
  facts.latency_ms = 81;
  facts.status_code = 200;
  facts.consecutive_failures = 0;
  core::compiled_conditions three{{condition_match::any,
                                   {{field::latency_ms, op::gt, std::int64_t{500}},
                                    {field::status_code, op::in, std::vector<std::int64_t>{500, 502, 503}},
                                    {field::consecutive_failures, op::gte, std::int64_t{2}}}}};
  measure("conditions: three numbers, none met", [&] { keep(three.met(monitor, facts)); });
  core::compiled_conditions pattern{
      {condition_match::all, {{field::tag, op::matches, std::string{"^team:(pay|bill)"}}}}};
  measure("conditions: a pattern over two tags, not met", [&] { keep(pattern.met(monitor, facts)); });
}

void escalations() {
  auto all = std::make_shared<core::alert_book>();
  auto& book = *all;
  auto policy = std::make_shared<escalation_policy_record>();
  policy->spec.name = "Night";
  for (int i = 0; i < 5; ++i) {
    auto channel = channel_id::make(start);
    book.channels.push_back({channel, true, {}, true});
    policy->spec.steps.push_back(
        {"step-" + std::to_string(i), 60s, {{escalation_target_type::channel, channel}}, step_strategy::all});
  }
  policy->spec.repeat.count.reset();
  auto row = core::begin_escalation({policy, {}}, {}, 1, start);
  auto resolve = core::resolver_of({all});
  measure("escalation: the next of five steps", [&] {
    row = core::climb(row, *policy, resolve, *row.due_at).after;
    keep(row);
  });
}

void availability() {
  status_history history;
  history.before = monitor_status::up;
  for (int i = 0; i < 100; ++i)
    history.changes.push_back({start + i * 10min, {}, i % 2 ? monitor_status::up : monitor_status::down});
  measure("availability: a day with 100 changes", [&] { keep(core::availability_of(history, start, start + 24h)); });
}

void on_call() {
  schedule_spec spec;
  spec.time_zone = "Europe/Paris";
  schedule_layer layer;
  layer.key = "weekly";
  for (int i = 0; i < 20; ++i)
    layer.members.push_back({user_id::make(start)});
  spec.layers = {layer};
  on_call_books books;
  books.of.revisions = {core::first_revision(spec, start)};
  measure("on call: a year of shifts of 20 people, weekly",
          [&] { keep(core::shifts_in(books, start, start + 365 * 24h)); });
  measure("on call: at an instant, 54 years from the anchor", [&] { keep(core::on_call_at(books, start + 8766h)); });
  books.of.revisions[0].layers[0].rotation.unit = rotation_unit::day;
  measure("on call: a year of shifts of 20 people, daily",
          [&] { keep(core::shifts_in(books, start, start + 365 * 24h)); });
}

} // namespace

void micro() {
  fmt::print("{:<52} {:>10} {:>10}\n", "nanoseconds an operation, one thread", "median", "best");
  ids();
  rounds();
  heartbeats();
  webhooks();
  tokens();
  documents();
  alerts();
  conditions();
  escalations();
  availability();
  on_call();
}

} // namespace gochron::bench
