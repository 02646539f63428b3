#pragma once
#include <chrono>
#include <future>
#include <memory>

#include <catch2/catch.hpp>

#include "storage/postgres_store.hpp"
#include "support/manual_clock.hpp"
#include "support/postgres_fixture.hpp"

namespace gochron::test {

using namespace std::chrono_literals;

/// A store on a fresh database, a clock that stands still, and shorthands for what tests make.
struct store_world : postgres_fixture {
  static constexpr timestamp start{std::chrono::seconds{1772366400}}; // 2026-03-01T12:00:00Z
  manual_clock clock{start};
  storage::store_options options;
  std::unique_ptr<storage::postgres_store> store;
  org_id stranger = org_id::make(start);

  store_world() {
    options.conninfo = conninfo;
    options.clock = &clock;
    options.key.fill(7);
    options.keeps_house = false; // a test does, when it wants to
    open();
  }

  void open() {
    store.reset();
    auto opened = storage::postgres_store::open(options);
    if (!opened)
      throw std::runtime_error(opened.error().detail);
    store = std::move(*opened);
  }

  /// Waits for one answer; a store that never answers fails the test.
  template <class T, class F>
  static result<T> ask(F call) {
    auto promise = std::make_shared<std::promise<result<T>>>();
    auto future = promise->get_future();
    call(reply_to<T>{[promise](result<T> x) { promise->set_value(std::move(x)); }});
    if (future.wait_for(30s) != std::future_status::ready)
      throw std::runtime_error("no answer within 30 s");
    return future.get();
  }

  monitor_record monitor(const std::string& name = "shop", std::optional<std::string> key = {}) {
    monitor_record x;
    x.id = monitor_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.name = name;
    x.spec.key = std::move(key);
    http_check check;
    check.url = "https://" + name + ".example/health";
    check.auth = {auth_kind::bearer, {}, {}, "very secret"};
    x.spec.check = check;
    return x;
  }

  result<monitor_record> create(const monitor_record& x) {
    return ask<monitor_record>([&](auto done) { store->monitors().create(x, {}, done); });
  }

  result<loaded_monitor> load(monitor_id id) {
    return ask<loaded_monitor>([&](auto done) { store->monitors().load(id, done); });
  }

  channel_record channel(const std::string& name = "hook") {
    channel_record x;
    x.id = channel_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.name = name;
    x.spec.target = webhook_target{"https://hooks.example/x", {{"Authorization", "Bearer hidden"}}, seconds{10}};
    x.secret = {"whsec_present", 2, clock.now(), "whsec_previous", clock.now() + 1h};
    return x;
  }

  result<channel_record> create(const channel_record& x) {
    return ask<channel_record>([&](auto done) { store->channels().create(x, {}, done); });
  }

  alert_rule_record rule(std::vector<channel_id> channels, std::vector<monitor_id> monitors = {}) {
    alert_rule_record x;
    x.id = rule_id::make(clock.now());
    x.org = org;
    x.created_at = x.updated_at = clock.now();
    x.spec.name = "wake someone";
    x.spec.channel_ids = std::move(channels);
    x.spec.monitor_ids = std::move(monitors);
    return x;
  }

  result<alert_rule_record> create(const alert_rule_record& x) {
    return ask<alert_rule_record>([&](auto done) { store->rules().create(x, {}, done); });
  }

  /// The step that opens incident `number` of a monitor and owes an event to each channel.
  transition opening(const monitor_record& m, std::int64_t number, const std::vector<channel_id>& channels) {
    transition t;
    t.org = m.org;
    t.monitor = m.id;
    incident i;
    i.id = incident_id::make(clock.now());
    i.org = m.org;
    i.number = number;
    i.title = m.spec.name + " is down";
    i.monitor = m.id;
    i.monitor_name = m.spec.name;
    i.cause = {reason::connect_refused, "refused"};
    i.started_at = clock.now() - 1min;
    i.opened_at = clock.now();
    i.sequence = 1;
    i.told = channels;
    t.runtime.sequence = 10 * number;
    t.runtime.state.status = monitor_status::down;
    t.runtime.status_since = clock.now();
    t.runtime.open_incident = i.id;
    t.change = status_change{m.id,    m.org, clock.now() - 1min, clock.now(), monitor_status::up, monitor_status::down,
                             i.cause, i.id};
    t.timeline.push_back({timeline_id::make(clock.now()),
                          i.id,
                          m.org,
                          clock.now(),
                          timeline_kind::opened,
                          "system",
                          "It went down.",
                          {},
                          {},
                          {}});
    event e{event_id::make(clock.now()),
            m.org,
            event_type::incident_opened,
            i.id,
            1,
            clock.now(),
            std::make_shared<const std::string>("{\"exact\": \"bytes \\u00e9 é\"}")};
    t.events.push_back(e);
    for (auto c : channels) {
      delivery d;
      d.id = delivery_id::make(clock.now());
      d.org = m.org;
      d.channel = c;
      d.event = e;
      d.created_at = clock.now();
      d.next_attempt_at = clock.now();
      t.deliveries.push_back(d);
    }
    t.incidents = {std::move(i)};
    return t;
  }

  status commit(const transition& t) {
    return ask<void>([&](auto done) { store->monitors().commit(t, done); });
  }

  std::vector<delivery> due(channel_id id, std::vector<delivery_id> except = {}) {
    auto x = ask<due_deliveries>([&](auto done) { store->channels().due(org, id, clock.now(), 100, except, done); });
    REQUIRE(x);
    return x->rows;
  }

  /// The outcome of attempt `number` at a delivery.
  attempt_outcome outcome(const delivery& d, std::int32_t number, std::uint16_t status) {
    attempt_outcome x;
    x.attempt.id = attempt_id::make(clock.now());
    x.attempt.delivery = d.id;
    x.attempt.org = d.org;
    x.attempt.channel = d.channel;
    x.attempt.number = number;
    x.attempt.started_at = clock.now();
    x.attempt.duration = 12ms;
    x.attempt.status = status;
    x.attempt.response_headers = {{"Server", "nginx"}, {"X-A", "\"quoted\""}};
    x.attempt.response_body = "ok";
    x.state = x.attempt.ok() ? delivery_state::succeeded : delivery_state::pending;
    if (!x.attempt.ok())
      x.next_attempt_at = clock.now() + 5s;
    return x;
  }

  status record(const attempt_outcome& x) {
    return ask<void>([&](auto done) { store->channels().record({x}, done); });
  }

  check_result result_of(monitor_id m, timestamp round, verdict v, milliseconds latency = 20ms) {
    check_result x;
    x.monitor = m;
    x.org = org;
    x.round_at = x.scheduled_at = x.outcome.started_at = round;
    x.outcome.verdict = v;
    x.outcome.reason = v == verdict::up ? reason::none : reason::status_mismatch;
    x.outcome.response_time = latency;
    return x;
  }

  std::unique_ptr<storage::connection> sql() {
    auto db = storage::connection::open(conninfo);
    REQUIRE(db);
    return std::move(*db);
  }

  /// The first column of the first row.
  std::int64_t number(const std::string& query) {
    static std::atomic<int> names{0};
    static std::vector<std::unique_ptr<std::pair<std::string, storage::statement>>> kept;
    auto& held = kept.emplace_back(std::make_unique<std::pair<std::string, storage::statement>>());
    held->first = "test_number_" + std::to_string(++names);
    held->second = {held->first.c_str(), query};
    auto found = sql()->run(held->second);
    if (!found)
      throw std::runtime_error(found.error().message);
    std::int64_t n = 0;
    storage::row_reader{*found, 0} >> n;
    return n;
  }
};

} // namespace gochron::test
