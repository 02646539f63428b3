#include "core/schema/common.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

using row = const check_result&;
using how = const write_options&;

object_ptr<http_observation> observation_schema() {
  auto s = std::make_shared<object_schema<http_observation>>("HttpObservation", "The last response of an HTTP check.");
  s->property("status", &http_observation::status, integer<std::uint16_t>(0, 999),
              {.doc = "The status code.", .example = "503", .read_only = true});
  s->property("version", &http_observation::version, any_text(),
              {.doc = "The protocol.", .example = R"("1.1")", .read_only = true});
  s->property("headers", &http_observation::headers, header_pairs_type(),
              {.doc = "Kept on failure only.", .read_only = true});
  s->maybe("body_excerpt", any_text(), {.doc = "At most 4 KiB, kept on failure only.", .example = "null"},
           [](const http_observation& x, how) { return non_empty(x.body_excerpt); });
  return s;
}

struct ping_seen {
  std::string kind, body;
};

object_ptr<ping_seen> ping_schema() {
  auto s = std::make_shared<object_schema<ping_seen>>("ResultPing", "The ping behind a heartbeat's result.");
  s->property("kind", &ping_seen::kind, text({.one_of = {"success", "start", "fail", "log", "exit"}}),
              {.doc = "Which signal.", .example = R"("success")", .read_only = true});
  s->property("body", &ping_seen::body, any_text(),
              {.doc = "What the job sent.", .example = R"("")", .read_only = true});
  return s;
}

constexpr std::string_view some_instant = R"("2026-01-31T12:00:00.000Z")";

template <class T, class Path>
void add_start(object_schema<T>& s, Path of) {
  s.computed("started_at", instant(), {.doc = "When it began.", .example = some_instant},
             [of](const T& x, how) { return of(x).started_at; });
}

void add_round(object_schema<check_result>& s) {
  s.computed("id", identifier<result_id>(), {.doc = "Derived from the round, the attempt and the monitor."},
             [](row x, how) { return result_id_of(x); });
  s.property("monitor_id", &check_result::monitor, identifier<monitor_id>(), {.doc = "Whose.", .read_only = true});
  s.property("round_at", &check_result::round_at, instant(),
             {.doc = "The slot of the monitor's fixed phase.", .example = some_instant, .read_only = true});
  s.computed("region", any_text(), {.doc = "Where the attempt was made.", .example = R"("local")"},
             [](row, how) { return std::string{"local"}; });
  s.property("attempt", &check_result::attempt, integer<std::uint8_t>(1, 255),
             {.doc = "Counts within the round.", .example = "1", .read_only = true});
  s.property("trigger", &check_result::trigger, enumeration<check_trigger>(),
             {.doc = "What caused it; `dependency`: something that depends on it failed.",
              .example = R"("schedule")",
              .read_only = true});
  s.property("scheduled_at", &check_result::scheduled_at, instant(),
             {.doc = "When this attempt was due.", .example = some_instant, .read_only = true});
  add_start(s, [](row x) -> const check_outcome& { return x.outcome; });
  s.property("lag_ms", &check_result::lag, count<milliseconds>(),
             {.doc = "How much later than due.", .example = "1", .read_only = true});
}

template <class T, class Path>
void add_outcome(object_schema<T>& s, Path of) {
  using seen = const T&;
  s.computed("verdict", enumeration<verdict>(), {.doc = "`error` is our fault and never votes.", .example = R"("up")"},
             [of](seen x, how) { return of(x).verdict; });
  s.maybe("reason", enumeration<reason>(), {.doc = "Why it was not up.", .example = "null"},
          [of](seen x, how) { return of(x).reason == reason::none ? std::nullopt : std::optional{of(x).reason}; });
  s.maybe("message", any_text(), {.doc = "The same, as a sentence.", .example = "null"},
          [of](seen x, how) { return non_empty(of(x).message); });
  s.computed("response_time_ms", count<milliseconds>(), {.doc = "The whole attempt.", .example = "81"},
             [of](seen x, how) { return of(x).response_time; });
  s.template computed<phase_timings>("timings_ms", timings_schema(), {.doc = "The phases of it."},
                                     [of](seen x, how) { return of(x).timings; });
  s.template maybe<remote_endpoint>(
      "remote", remote_schema(), {.doc = "Null when no connection was tried."}, [of](seen x, how) {
        const auto& o = of(x);
        return o.remote_ip.empty() ? std::nullopt : std::optional{remote_endpoint{o.remote_ip, o.remote_port}};
      });
}

} // namespace

object_ptr<check_result> check_result_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<check_result>>("Result", "One attempt at a check, or one ping.");
    add_round(*s);
    add_outcome(*s, [](row x) -> const check_outcome& { return x.outcome; });
    s->maybe<http_observation>("http", observation_schema(), {.doc = "Checks of type http: the last response."},
                               [](row x, how) { return x.outcome.http; });
    s->maybe<ping_seen>("ping", ping_schema(), {.doc = "Heartbeats: the ping.", .example = "null"}, [](row x, how) {
      return x.ping_kind.empty() ? std::nullopt : std::optional{ping_seen{x.ping_kind, x.ping_body}};
    });
    return s;
  }();
  return schema;
}

object_ptr<check_outcome> test_result_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<check_outcome>>("TestResult", "One attempt that nothing was kept of.");
    s->computed("region", any_text(), {.doc = "Where the attempt was made.", .example = R"("local")"},
                [](const check_outcome&, how) { return std::string{"local"}; });
    auto itself = [](const check_outcome& x) -> const check_outcome& { return x; };
    add_start(*s, itself);
    add_outcome(*s, itself);
    s->maybe<http_observation>("http", observation_schema(),
                               {.doc = "Checks of type http: the last response, headers and body also when it is up."},
                               [](const check_outcome& x, how) { return x.http; });
    return s;
  }();
  return schema;
}

} // namespace gochron::core
