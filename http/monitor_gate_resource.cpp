#include <algorithm>
#include <iterator>

#include "core/schema/read_models.hpp"
#include "http/configured.hpp"

/// What a deployment asks of a monitor: to try a configuration, to begin anew, to say when all is well.
namespace gochron::http {
namespace {

const noun monitors{"/api/monitors", "Monitors", "monitors"};

constexpr auto example = R"({"name":"Shop, new version","type":"http","timeout_ms":2000,)"
                         R"("http":{"url":"https://canary.shop.example/health"}})";

void run_test(const call& c, decltype(test_monitor::what) what, std::optional<std::int64_t> version) {
  extend_deadline(c.ticket(), std::chrono::seconds{75}); // an attempt may take 60
  c.with().engine.tell(
      test_monitor{c.org(), std::move(what), version, c.dry(),
                   reply_to<check_outcome>{[c](result<check_outcome> x) { c.one(x, *core::test_result_schema()); }}});
}

void test_unsaved(call c) {
  if (refused_parameters(c))
    return;
  auto spec = core::create<monitor_spec>(*c.request().body, c.with().clock.now());
  if (!spec)
    return c.refuse(spec.error());
  if (spec->type() == monitor_type::heartbeat)
    return c.refuse({errc::invalid,
                     "A heartbeat waits for pings; there is nothing to test.",
                     {{"/type", "inconsistent", "A heartbeat makes no attempts."}},
                     {},
                     {}});
  if (spec->type() == monitor_type::manual)
    return c.refuse({errc::invalid,
                     "A manual monitor checks nothing; there is nothing to test.",
                     {{"/type", "inconsistent", "A manual monitor makes no attempts."}},
                     {},
                     {}});
  run_test(c, std::make_shared<const monitor_spec>(std::move(*spec)), {});
}

void test_saved(call c) {
  with_target<monitor_id>(c, [&](monitor_id id, auto version) { run_test(c, id, version); });
}

void reset(call c) {
  with_target<monitor_id>(c, [&](monitor_id id, auto version) {
    auto [by, reply] = c.write<monitor_view>(
        [c](const monitor_view& x) { return c.shown(x, *core::monitor_schema(), x.record.version); });
    c.with().engine.tell(reset_monitor{c.org(), id, version, std::move(by), std::move(reply)});
  });
}

void rotate(call c) {
  with_target<monitor_id>(c, [&](monitor_id id, auto version) {
    auto wanted = c.optional_body(*core::roll_request_schema());
    if (!wanted)
      return;
    auto [by, reply] = c.write<monitor_view>(
        [c](const monitor_view& x) { return c.shown(x, *core::monitor_schema(), x.record.version); });
    c.with().engine.tell(rotate_url{c.org(), id, version, wanted->overlap, std::move(by), std::move(reply)});
  });
}

const std::vector<parameter>& wait_parameters() {
  static const auto all = [] {
    auto status =
        enum_parameter<monitor_status>("status", "The status to wait for, or several: any will do. `up` when absent.");
    return std::vector<parameter>{std::move(status),
                                  {"stable_seconds", "For how long it must have held.",
                                   R"({"type":"integer","minimum":0,"maximum":3600,"default":30})"},
                                  {"timeout_seconds", "How long to wait at most.",
                                   R"({"type":"integer","minimum":1,"maximum":3600,"default":300})"}};
  }();
  return all;
}

void wait(call c) {
  query_reader q{c};
  wait_for_status wanted;
  wanted.statuses = q.names<monitor_status>("status");
  wanted.stable = seconds{q.integer("stable_seconds", 0, 3600).value_or(30)};
  wanted.timeout = seconds{q.integer("timeout_seconds", 1, 3600).value_or(300)};
  if (auto e = q.problem(wait_parameters()))
    return c.refuse(*e);
  auto id = c.id<monitor_id>();
  if (!id)
    return;
  if (wanted.statuses.empty())
    wanted.statuses = {monitor_status::up};
  wanted.org = c.org();
  wanted.id = *id;
  wanted.reply = reply_to<status_wait>{[c](result<status_wait> x) { c.one(x, *core::status_wait_schema()); }};
  extend_deadline(c.ticket(), wanted.timeout + std::chrono::seconds{10});
  c.with().engine.tell(std::move(wanted));
}

constexpr auto wait_doc =
    "A gate for deployments. Answers 200 as soon as the status has been one of `status` for `stable_seconds` without a "
    "break, with `satisfied` true; or after `timeout_seconds`, with `satisfied` false. Time before the request counts. "
    "For `up`, `degraded` and `down` of monitors that make checks, a check that began after the request must have "
    "counted as well: make the timeout longer than the interval. A failing check ends the stable time even while it is "
    "not confirmed. What was not observed does not count. 404 when the monitor is deleted meanwhile, 503 when the "
    "server stops or too many wait (16 a monitor, 1,000 a server): ask again.";

void types(call c) {
  if (refused_parameters(c))
    return;
  static const page<core::monitor_type_row> all{core::monitor_types(), {}};
  answer_page(c, *core::monitor_type_schema(), all);
}

} // namespace

operations monitor_gate_operations() {
  auto type = core::monitor_schema()->info();
  operation_table add{monitors};
  auto& unsaved = add("POST", "/test", "testMonitorConfiguration", true, "Test a configuration",
                      "Makes one attempt, from here and through the egress guard, with the configuration in the body, "
                      "and answers with what came of it. Nothing is stored, no retries are made. A heartbeat makes "
                      "no attempts: 422. An organisation may have 20 tests under way.",
                      {200, "What came of it.", core::test_result_schema()->info()}, test_unsaved);
  unsaved.body = body_spec{type, core::schema_use::request, example, true, "heartbeat manual"};
  add("POST", "/{id}/test", "testMonitor", true, "Test a monitor",
      "As `POST /api/monitors/test`, with the monitor's own configuration. The monitor does not learn of it. With "
      "`If-Match` it is a test of that version or none.",
      {200, "What came of it.", core::test_result_schema()->info()}, test_saved)
      .problems = {409};
  add("POST", "/{id}/reset", "resetMonitor", true, "Begin anew",
      "Resolves an open incident and begins again from `pending`: what was being confirmed is forgotten, a heartbeat "
      "waits for its next ping. History stays.",
      {200, "The monitor as it is now.", type, false, true}, reset)
      .problems = {409};
  auto& rotated = add("POST", "/{id}/url/rotate", "rotateMonitorUrl", true, "Rotate the URL of its own",
                      "A new `ping_url` or `inbound_url`. The present one is good for `overlap_seconds` more; one that "
                      "was replaced before is no longer. 409 for a monitor that has neither.",
                      {200, "The monitor with its new URL.", type, false, true}, rotate);
  rotated.problems = {409};
  rotated.body =
      body_spec{core::roll_request_schema()->info(), core::schema_use::request, R"({"overlap_seconds":3600})", false};
  add("GET", "/{id}/wait", "waitForMonitor", false, "Wait for a status", wait_doc,
      {200, "How the wait ended.", core::status_wait_schema()->info()}, wait)
      .query = wait_parameters();
  const noun kinds{"/api/monitor-types", "Monitors", "monitors"};
  operation_table add_kind{kinds};
  add_kind("GET", "", "listMonitorTypes", false, "List the types of monitors",
           "Each with the JSON Schema of the object that a monitor of this type has.",
           {200, "All of them.", core::monitor_type_schema()->info(), true}, types);
  std::ranges::move(add_kind.all, std::back_inserter(add.all));
  return std::move(add.all);
}

} // namespace gochron::http
