#include <fmt/format.h>

#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/monitor_types.hpp"
#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

using schema_of_spec = object_schema<monitor_spec>;

void add_identity(schema_of_spec& s) {
  s.property("name", &monitor_spec::name, line_text(),
             {.doc = "What people call it.", .example = R"("Shop front page")", .required = true});
  s.property("description", &monitor_spec::description, text({.max = 4096}),
             {.doc = "For whoever is woken.", .example = R"("The public shop, behind the CDN.")"});
  s.property("runbook_url", &monitor_spec::runbook_url, url_text(),
             {.doc = "Where it is written what to do.", .example = R"("https://wiki.example.com/shop")"});
  s.property("key", &monitor_spec::key, key_text(), key_facts);
  s.property("tags", &monitor_spec::tags, set_of(tag_text(), {.max = 50}),
             {.doc = "A set of `name` or `name:value`, sorted.", .example = R"(["env:prod","shop"])"});
  s.property("paused", &monitor_spec::paused, boolean(), {.doc = "No checks while true.", .example = "false"});
  s.property("managed_by", &monitor_spec::managed_by, line_text(),
             {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
}

/// An instant that must be ahead when it is written.
class future_instant final : public type<timestamp> {
public:
  future_instant() : type(*instant()->info()) {}
  void read(const json_value& from, timestamp& x, reader& r) const override {
    auto before = r.count();
    instant()->read(from, x, r);
    if (!r.trusted() && r.count() == before && r.now() && x <= *r.now())
      r.fail("out_of_range", "Must be in the future.");
  }
  void write(const timestamp& x, json_writer& w, const write_options& o) const override { instant()->write(x, w, o); }
};

void add_expiry(schema_of_spec& s) {
  s.property("expires_at", &monitor_spec::expires_at, std::make_shared<future_instant>(),
             {.doc = "An ephemeral monitor: it deletes itself at this time. In the future when it is written.",
              .example = "null"});
  s.shorthand("ttl_seconds", integer<seconds>(1, 30 * 86400),
              {.doc = "Another way to write `expires_at`: so long from now. Not both.", .example = "null"},
              [](monitor_spec& x, seconds given, reader& r) {
                if (r.now())
                  x.expires_at = *r.now() + given;
                else
                  r.fail("inconsistent", "Not here: write `expires_at`.");
              });
}

void add_mute(schema_of_spec& s) {
  s.property(
      "muted_until", &monitor_spec::muted_until, instant(),
      {.doc = "Until then nobody is told of this monitor's incidents; what still fires is told then. Checks go on.",
       .example = "null"});
}

/// A set that most have not: an empty one is none.
class rare_set final : public type<boxed<std::vector<monitor_id>>> {
public:
  explicit rare_set(type_ptr<std::vector<monitor_id>> inner) : type(*inner->info()), inner_(std::move(inner)) {}
  void read(const json_value& from, boxed<std::vector<monitor_id>>& x, reader& r) const override {
    std::vector<monitor_id> ids;
    inner_->read(from, ids, r);
    x = ids.empty() ? boxed<std::vector<monitor_id>>{} : boxed<std::vector<monitor_id>>{std::move(ids)};
  }
  void write(const boxed<std::vector<monitor_id>>& x, json_writer& w, const write_options& o) const override {
    inner_->write(x ? *x : std::vector<monitor_id>{}, w, o);
  }

private:
  type_ptr<std::vector<monitor_id>> inner_;
};

object_ptr<flap_policy> flap_schema() {
  auto s = std::make_shared<object_schema<flap_policy>>("FlapPolicy", "When openings wait because there are too many.");
  s->property("changes", &flap_policy::changes, integer<std::uint32_t>(2, 100),
              {.doc = "So many changes between up and down within the window are told as they come.", .example = "2"});
  s->property("window_seconds", &flap_policy::window, integer<seconds>(60, 43200),
              {.doc = "How far back changes count.", .example = "3600"});
  s->property("hold_seconds", &flap_policy::hold, integer<seconds>(10, 3600),
              {.doc = "A further opening is told when the monitor has been down for this long.", .example = "300"});
  return s;
}

void add_holds(schema_of_spec& s) {
  using ids = boxed<std::vector<monitor_id>>;
  auto set = std::make_shared<rare_set>(set_of(identifier<monitor_id>(), {.max = 20}));
  s.row(member_property<monitor_spec, ids>(
      "depends_on", &monitor_spec::depends_on, set,
      {.doc =
           "A set of monitors, never in a circle: while one of them fails nobody is told of this monitor's incidents; "
           "what still fails when it has recovered is told then. Checks go on.",
       .example = "[]"}));
  s.property(
      "flap", &monitor_spec::flap, flap_schema(),
      {.doc = "Holds openings back while the monitor goes up and down too often. Null: they are told as they come.",
       .example = "null"});
}

void add_timing(schema_of_spec& s) {
  s.property("interval_seconds", &monitor_spec::interval, integer<seconds>(1, 86400),
             {.doc = "A round begins at each multiple of this, plus a phase of the monitor's own.", .example = "60"});
  s.property("timeout_ms", &monitor_spec::timeout, integer<milliseconds>(100, 60000),
             {.doc = "For one whole attempt; below the interval.", .example = "10000"});
  s.property("degraded_after_ms", &monitor_spec::degraded_after, integer<milliseconds>(1, 60000),
             {.doc = "A good answer slower than this is `degraded`; below the timeout.", .example = "2000"});
  s.property("failure_threshold", &monitor_spec::failure_threshold, integer<std::uint32_t>(1, 20),
             {.doc = "Failing rounds before `down`.", .example = "2"});
  s.property("confirmation_seconds", &monitor_spec::confirmation, integer<seconds>(0, 3600),
             {.doc = "How long it must fail, too, before `down`.", .example = "0"});
  s.property("success_threshold", &monitor_spec::success_threshold, integer<std::uint32_t>(1, 20),
             {.doc = "Good rounds before `up` again.", .example = "1"});
  s.property("recovery_seconds", &monitor_spec::recovery, integer<seconds>(0, 7200),
             {.doc = "How long it must be good, too, before `up` again.", .example = "0"});
  auto retry = std::make_shared<object_schema<retry_policy>>("Retry", "Attempts within a round.");
  retry->property("count", &retry_policy::count, integer<std::uint32_t>(0, 10),
                  {.doc = "Further attempts after a failing one.", .example = "1"});
  retry->property("delay_seconds", &retry_policy::delay, integer<seconds>(0, 300),
                  {.doc = "The pause before each of them.", .example = "2"});
  s.property("retry", &monitor_spec::retry, retry,
             {.doc = "Attempts within a round.", .example = R"({"count":1,"delay_seconds":2})"});
  s.property("ip_version", &monitor_spec::ip, enumeration<ip_version>(),
             {.doc = "Which addresses of the target are used.", .example = R"("any")"});
}

void add_check(schema_of_spec& s) {
  s.tag("type", &monitor_spec::check, enumeration<monitor_type>(),
        {.doc = "What is watched, and the name of the object that says how.", .example = R"("http")"});
  s.alternative<0>("http", &monitor_spec::check, http_check_schema(), "type", {.doc = "An HTTP request."});
  s.alternative<1>("tcp", &monitor_spec::check, tcp_check_schema(), "type", {.doc = "A TCP connection."});
  s.alternative<2>("heartbeat", &monitor_spec::check, heartbeat_check_schema(), "type",
                   {.doc = "Pings that must arrive in time."});
  s.alternative<3>("manual", &monitor_spec::check, manual_check_schema(), "type",
                   {.doc = "Nothing is checked: incidents are opened by hand, or pushed to `inbound_url`."});
}

bool makes_attempts(const monitor_spec& x) {
  return x.type() != monitor_type::heartbeat && x.type() != monitor_type::manual;
}

// What makes no attempts: a setting that would do nothing is refused rather than kept.
void refuse_attempt_settings(const monitor_spec& x, reader& r) {
  const monitor_spec unset;
  bool manual = x.type() == monitor_type::manual;
  auto need_default = [&](bool same, std::string_view member) {
    if (!same)
      r.fail("inconsistent",
             fmt::format("A {} makes no attempts: leave this at its default.", manual ? "manual monitor" : "heartbeat"),
             member);
  };
  if (manual) {
    need_default(x.failure_threshold == unset.failure_threshold, "failure_threshold");
    need_default(x.success_threshold == unset.success_threshold, "success_threshold");
    need_default(x.confirmation == unset.confirmation, "confirmation_seconds");
    need_default(x.recovery == unset.recovery, "recovery_seconds");
  }
  need_default(x.interval == unset.interval, "interval_seconds");
  need_default(x.timeout == unset.timeout, "timeout_ms");
  need_default(x.degraded_after == unset.degraded_after, "degraded_after_ms");
  need_default(x.retry == unset.retry, "retry");
  need_default(x.ip == unset.ip, "ip_version");
}

void add_rules(schema_of_spec& s) {
  s.rule({"type", "interval_seconds", "timeout_ms", "degraded_after_ms", "retry", "ip_version", "failure_threshold",
          "success_threshold", "confirmation_seconds", "recovery_seconds"},
         [](const monitor_spec& x, reader& r) {
           if (!makes_attempts(x))
             refuse_attempt_settings(x, r);
         });
  s.rule({"type", "interval_seconds", "timeout_ms"}, [](const monitor_spec& x, reader& r) {
    if (makes_attempts(x) && x.timeout >= x.interval)
      r.fail("inconsistent",
             fmt::format("{} ms is not below the interval of {} s.", x.timeout.count(), x.interval.count()),
             "timeout_ms");
  });
  s.rule({"type", "timeout_ms", "degraded_after_ms"}, [](const monitor_spec& x, reader& r) {
    if (makes_attempts(x) && x.degraded_after && *x.degraded_after >= x.timeout)
      r.fail("inconsistent", "Must be below `timeout_ms`.", "degraded_after_ms");
  });
}

constexpr auto record_of = [](const monitor_view& x) -> const monitor_record& { return x.record; };

std::optional<std::string> ping_url(const monitor_view& x, const write_options& o) {
  if (x.record.spec.type() != monitor_type::heartbeat || x.record.ping_token.empty())
    return std::nullopt;
  return fmt::format("{}/ping/{}", o.base_url, x.record.ping_token);
}

std::optional<std::string> inbound_url(const monitor_view& x, const write_options& o) {
  if (x.record.spec.type() != monitor_type::manual || x.record.ping_token.empty())
    return std::nullopt;
  return fmt::format("{}/in/{}", o.base_url, x.record.ping_token);
}

// Runtime facts: they never change `version`.
void add_observed(object_schema<monitor_view>& s) {
  using view = const monitor_view&;
  using how = const write_options&;
  s.computed("status", enumeration<monitor_status>(), {.doc = "The status in force.", .example = R"("up")"},
             [](view x, how) { return x.runtime.state.status; });
  s.maybe("transition", enumeration<transition_kind>(),
          {.doc = "What is being confirmed at present, or null.", .example = "null"}, [](view x, how) {
            auto kind = x.runtime.state.transition;
            return kind == transition_kind::none ? std::nullopt : std::optional{kind};
          });
  s.computed("status_since", instant(), {.doc = "Since when.", .example = R"("2026-01-31T12:00:00.000Z")"},
             [](view x, how) { return x.runtime.status_since; });
  s.maybe<status_reason>("status_reason", status_reason_schema(),
                         {.doc = "Why it is not up, or null.", .example = "null"},
                         [](view x, how) { return non_empty(x.runtime.cause); });
  s.maybe("last_checked_at", instant(), {.doc = "When an attempt or a ping last counted.", .example = "null"},
          [](view x, how) { return x.runtime.last_checked_at; });
  s.maybe("next_check_at", instant(), {.doc = "When the next round, or the next ping, is due.", .example = "null"},
          [](view x, how) { return x.next_check_at; });
  s.maybe("open_incident_id", identifier<incident_id>(), {.doc = "The incident that is open.", .example = "null"},
          [](view x, how) { return x.runtime.open_incident; });
  s.maybe("uptime_24h", number(),
          {.doc = "Percent of the observed part of the last 24 hours, floored to two decimals.", .example = "99.93"},
          [](view x, how) { return x.uptime_24h; });
  s.maybe("ping_url", secret_text(),
          {.doc = "Heartbeats: where to send pings. Whoever has it can ping.", .example = "null"}, ping_url);
  s.maybe("inbound_url", secret_text(),
          {.doc = "Manual monitors: where Alertmanager and others push. Whoever has it can.", .example = "null"},
          inbound_url);
  s.computed("quarantined", boolean(),
             {.doc = "Whether it was taken out after crashing too often.", .example = "false"},
             [](view x, how) { return x.quarantined; });
}

} // namespace

object_ptr<monitor_spec> monitor_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<schema_of_spec>("MonitorSpec", "The configurable part of a monitor.");
    add_identity(*s);
    add_timing(*s);
    add_check(*s);
    add_expiry(*s);
    add_mute(*s);
    add_holds(*s);
    add_rules(*s);
    return s;
  }();
  return schema;
}

object_ptr<monitor_view> monitor_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<monitor_view>>("Monitor", "Something that is watched.");
    add_id<monitor_id>(*s, record_of);
    s->embed(
        *monitor_spec_schema(), [](auto& x) -> auto& { return x.record.spec; });
    add_observed(*s);
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

object_ptr<status_wait> status_wait_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<status_wait>>("StatusWait", "How a wait for a status ended.");
    using wait = const status_wait&;
    using how = const write_options&;
    s->computed("satisfied", boolean(), {.doc = "False: the time was over.", .example = "true"},
                [](wait x, how) { return x.satisfied; });
    s->computed("status", enumeration<monitor_status>(), {.doc = "The status then.", .example = R"("up")"},
                [](wait x, how) { return x.monitor.runtime.state.status; });
    s->computed("status_since", instant(), {.doc = "Since when.", .example = R"("2026-01-31T12:00:00.000Z")"},
                [](wait x, how) { return x.monitor.runtime.status_since; });
    s->computed("waited_ms", count<milliseconds>(), {.doc = "How long it took.", .example = "30120"},
                [](wait x, how) { return x.waited; });
    s->computed<monitor_view>("monitor", monitor_schema(), {.doc = "The monitor then."},
                              [](wait x, how) { return x.monitor; });
    return s;
  }();
  return schema;
}

} // namespace gochron::core
