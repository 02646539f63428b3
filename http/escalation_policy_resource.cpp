#include "core/paging.hpp"
#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

struct policies {
  using id = policy_id;
  using spec = escalation_policy_spec;
  using shown = escalation_policy_record;
  using query = policy_query;
  static constexpr auto keyed = keyed_noun::escalation_policy;
  static constexpr bool shows_secret = false;
  static constexpr auto example =
      R"({"name":"Night shift","steps":[{"key":"first","targets":[{"type":"channel",)"
      R"("id":"chn_01jd9e6h6gf4g8w1q6v5q8z3ab"}]},{"key":"everybody","delay_seconds":600,"targets":[{"type":"channel",)"
      R"("id":"chn_01jd9e6h6gf4g8w1q6v5q8z3ab"}]}],"repeat":{"count":2,"delay_seconds":300}})";
  static constexpr auto patch_example = R"({"ack_timeout_seconds":1800})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::escalation_policy_schema(); }
  static const escalation_policy_record& record_of(const shown& x) { return x; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader&, query&) {}
  static void list(const call& c, query wanted, const page_request& p) {
    c.with().queries.policies(c.org(), std::move(wanted), p, list_of<escalation_policy_record>(c, schema()));
  }
  static create_policy create(const call& c, spec x, written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), std::move(x), std::move(by), std::move(reply), std::move(into), {}};
  }
  static get_policy get(const call& c, id x, reply_to<shown> reply) { return {c.org(), x, std::move(reply)}; }
  static edit_policy edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f,
                          written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), x, version, std::move(f), std::move(by), std::move(reply), std::move(into)};
  }
  static remove_policy remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                              part_ptr into, reply_to<void> reply) {
    return {c.org(), x, version, std::move(by), std::move(reply), std::move(into)};
  }
};

using handlers = noun_handlers<policies>;

const noun& policies::names() {
  static const noun all{
      "/api/escalation-policies", "Escalation policies", "escalation-policies", "an escalation policy",
      "escalation policies",      "EscalationPolicy",    "EscalationPolicies",  "pol"};
  return all;
}

const noun_texts& policies::texts() {
  static const noun_texts all{
      "A page of the escalation policies that meet every given filter.",
      "Takes effect where an alert rule names it. The channels, users, schedules and teams that it names must exist.",
      "The escalation policy, with its `Location`.",
      "The escalation policy as configured.",
      "The body is the whole policy: what is absent takes its default. Incidents under way follow `in_flight`.",
      "A JSON merge patch (RFC 7396): what is absent stays, null takes the default.",
      "409 while an alert rule names it or an open incident escalates by it."};
  return all;
}

const std::vector<parameter>& policies::filters() {
  static const auto all = configured_parameters(names(), "name or description");
  return all;
}

const std::vector<parameter>& oncall_parameters() {
  static const std::vector<parameter> all{time_parameter("at", "The instant asked about; now without it.")};
  return all;
}

void answer_forecast(const call& c, policy_id id, timestamp at, bool steps, urgency hurry) {
  auto schema = steps ? core::escalation_oncall_schema() : core::escalation_forecast_schema();
  c.with().engine.tell(forecast_policy{
      c.org(), id, at, steps,
      reply_to<escalation_forecast>{[c, schema](const result<escalation_forecast>& x) { c.one(x, *schema); }}, hurry});
}

void oncall(call c) {
  query_reader q{c};
  auto at = q.time("at");
  if (auto e = q.problem(oncall_parameters()))
    return c.refuse(*e);
  if (auto id = c.id<policy_id>())
    answer_forecast(c, *id, at.value_or(c.with().clock.now()), true, urgency::high);
}

void simulate(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = c.optional_body(*core::simulate_request_schema());
  if (!wanted)
    return;
  with_target<policy_id>(c, [&](policy_id id, std::optional<std::int64_t> version) {
    auto at = wanted->at.value_or(c.with().clock.now());
    auto found = [c, id, at, version,
                  hurry = core::urgency_of(wanted->severity)](result<escalation_policy_record> now) {
      if (!now)
        return c.refuse(now.error());
      if (version && *version != now->version)
        return c.refuse(changed_since("The escalation policy", now->version));
      answer_forecast(c, id, at, false, hurry);
    };
    c.with().engine.tell(get_policy{c.org(), id, reply_to<escalation_policy_record>{std::move(found)}});
  });
}

void add_forecasts(operation_table& add) {
  auto& run = add("POST", "/{id}/simulate", "simulateEscalationPolicy", false, "Simulate an escalation policy",
                  "Who would be told of an incident that opens at `at` and that nobody takes, when and how, as the "
                  "policy, its channels, schedules, teams and users are now. At most 200 recipients.",
                  {200, "What would happen.", core::escalation_forecast_schema()->info()}, simulate);
  run.body = body_spec{core::simulate_request_schema()->info(), core::schema_use::request,
                       R"({"at":"2026-01-31T12:00:00.000Z"})", false};
  add("GET", "/{id}/oncall", "getEscalationPolicyOncall", false, "Read whom an escalation policy tells",
      "Whom each step would tell at an instant.", {200, "Each step.", core::escalation_oncall_schema()->info()}, oncall)
      .query = oncall_parameters();
}

} // namespace

operations escalation_policy_operations() {
  operation_table add{policies::names()};
  handlers::add_collection(add);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  add_forecasts(add);
  return std::move(add.all);
}

} // namespace gochron::http
