#include "http/alert_rule_trials.hpp"

#include <algorithm>
#include <utility>

#include "core/alert_matching.hpp"
#include "core/check_machine.hpp"
#include "core/schema/rule_actions.hpp"

namespace gochron::http {
namespace {

constexpr std::uint32_t most_results = 2000, most_rules = 1000;

error invalid(std::string pointer, std::string_view code, std::string detail) {
  return {errc::invalid,
          "The request body is not valid.",
          {{std::move(pointer), std::string{code}, std::move(detail)}},
          {},
          {}};
}

// -- test -------------------------------------------------------------------------------------------------------------

struct trial {
  alert_rule_spec rule;
  core::rule_test_request wanted;
  std::string pointer; ///< of `monitor_id` in the body
  std::string named;   ///< of the one monitor that the rule names
};

void replay_rounds(const call& c, const trial& x, const monitor_view& monitor) {
  result_query wanted;
  wanted.monitor = monitor.record.id;
  wanted.from = horizon_of(c);
  auto attempts = x.wanted.rounds * (1 + monitor.record.spec.retry.count);
  auto answer = [c, x, monitor](result<page<check_result>> found) {
    if (!found)
      return c.refuse(found.error());
    auto& rows = found->rows;
    std::ranges::reverse(rows);
    core::rule_test_answer done{monitor.record.id, core::replay(x.rule, monitor.record.spec, rows, x.wanted.rounds)};
    c.one(result<core::rule_test_answer>{std::move(done)}, *core::rule_test_answer_schema());
  };
  c.with().queries.results(c.org(), std::move(wanted), {std::min(attempts, most_results), {}},
                           reply_to<page<check_result>>{std::move(answer)});
}

void try_rule(const call& c, trial x) {
  auto id = x.wanted.monitor;
  if (!id && x.rule.monitor_ids.size() == 1)
    id = x.rule.monitor_ids.front();
  if (!id)
    return c.refuse(invalid(x.pointer, "required", "The rule names no one monitor: say which."));
  auto found = [c, x = std::move(x)](const result<monitor_view>& monitor) {
    if (!monitor && monitor.error().code == errc::not_found)
      return c.refuse(invalid(x.wanted.monitor ? x.pointer : x.named, "unknown_id", "No such id."));
    monitor ? replay_rounds(c, x, *monitor) : c.refuse(monitor.error());
  };
  c.with().engine.tell(get_monitor{c.org(), *id, reply_to<monitor_view>{std::move(found)}});
}

void test_saved(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = c.optional_body(*core::rule_test_request_schema());
  if (!wanted)
    return;
  with_target<rule_id>(c, [&](rule_id id, std::optional<std::int64_t> version) {
    auto found = [c, wanted, version](result<alert_rule_record> rule) {
      if (!rule)
        return c.refuse(rule.error());
      if (version && *version != rule->version)
        return c.refuse(changed_since("The alert rule", rule->version));
      try_rule(c, {std::move(rule->spec), *wanted, "/monitor_id", "/monitor_id"});
    };
    c.with().engine.tell(get_rule{c.org(), id, reply_to<alert_rule_record>{std::move(found)}});
  });
}

void test_unsaved(call c) {
  if (refused_parameters(c))
    return;
  auto body = core::read_body(*core::rule_trial_request_schema(), *c.request().body);
  if (!body)
    return c.refuse(body.error());
  core::rule_test_request wanted = *body;
  try_rule(c, {std::move(body->rule), wanted, "/monitor_id", "/rule/monitor_ids/0"});
}

// -- match ------------------------------------------------------------------------------------------------------------

/// What is gathered before the rules are asked.
struct matching {
  core::rule_match_request wanted;
  std::optional<incident> about;
  std::optional<monitor_view> monitor;
  core::condition_facts facts;
};

// Of the windows of now, at that time.
std::optional<core::maintenance_in_force> maintenance_at(const call& c, const monitor_record& monitor, timestamp at) {
  core::maintenance_book book;
  for (auto& w : c.with().engine.windows(c.org())) {
    auto when = core::occurrence_at_or_after(w.record, at);
    book.windows.push_back({std::make_shared<const maintenance_window_record>(std::move(w.record)), when});
  }
  return core::maintenance_of(book, monitor.id, monitor.spec, at).quiet;
}

void answer_matches(const call& c, const matching& x) {
  auto at = x.wanted.at.value_or(c.with().clock.now());
  auto answer = [c, x, at](const result<page<alert_rule_record>>& rules) {
    if (!rules)
      return c.refuse(rules.error());
    core::match_question q{x.wanted.event, x.monitor->record.id, x.monitor->record.spec, at, x.facts, {}};
    q.maintenance = maintenance_at(c, x.monitor->record, at);
    if (x.about)
      q.opened_by = x.about->rule;
    core::rule_match_answer out;
    for (const auto& rule : rules->rows)
      out.data.push_back(core::match(rule, q));
    out.truncated = rules->next.has_value();
    c.one(result<core::rule_match_answer>{std::move(out)}, *core::rule_match_answer_schema());
  };
  c.with().queries.rules(c.org(), {}, {most_rules, {}}, reply_to<page<alert_rule_record>>{std::move(answer)});
}

// What the last round says, at that time.
void read_facts(const call& c, matching x) {
  result_query wanted;
  wanted.monitor = x.monitor->record.id;
  auto answer = [c, x = std::move(x)](result<page<check_result>> found) mutable {
    if (!found)
      return c.refuse(found.error());
    const auto* last = found->rows.empty() ? nullptr : &found->rows.front();
    const auto& now = x.monitor->runtime;
    core::observation seen{last ? last->outcome.verdict : verdict::error, now.cause,
                           x.wanted.at.value_or(c.with().clock.now())};
    x.facts = core::facts_of(x.monitor->record.spec, now.state, seen, last);
    answer_matches(c, x);
  };
  c.with().queries.results(c.org(), std::move(wanted), {1, {}}, reply_to<page<check_result>>{std::move(answer)});
}

void read_monitor(const call& c, matching x) {
  auto id = x.about ? x.about->monitor : *x.wanted.monitor;
  auto found = [c, x = std::move(x)](const result<monitor_view>& monitor) mutable {
    if (!monitor && monitor.error().code == errc::not_found)
      return c.refuse(x.about ? error{errc::conflict, "The incident's monitor is gone.", {}, {}, {}}
                              : invalid("/monitor_id", "unknown_id", "No such id."));
    if (!monitor)
      return c.refuse(monitor.error());
    x.monitor = *monitor;
    if (!x.wanted.facts)
      return read_facts(c, std::move(x));
    x.facts = *x.wanted.facts;
    x.facts.region = "local";
    answer_matches(c, x);
  };
  c.with().engine.tell(get_monitor{c.org(), id, reply_to<monitor_view>{std::move(found)}});
}

void read_incident(const call& c, matching x) {
  incident_query wanted;
  wanted.ids = {*x.wanted.incident};
  wanted.horizon = horizon_of(c);
  auto found = [c, x = std::move(x)](result<page<incident>> rows) mutable {
    if (!rows)
      return c.refuse(rows.error());
    if (rows->rows.empty())
      return c.refuse(invalid("/incident_id", "unknown_id", "No such id."));
    x.about = std::move(rows->rows.front());
    read_monitor(c, std::move(x));
  };
  c.with().queries.incidents(c.org(), std::move(wanted), {1, {}}, reply_to<page<incident>>{std::move(found)});
}

void match(call c) {
  if (refused_parameters(c))
    return;
  auto body = core::read_body(*core::rule_match_request_schema(), *c.request().body);
  if (!body)
    return c.refuse(body.error());
  matching x;
  x.wanted = *body;
  x.wanted.incident ? read_incident(c, std::move(x)) : read_monitor(c, std::move(x));
}

constexpr auto test_doc =
    "Replays the latest stored rounds of a monitor, as if the rule had been there and the monitor had had its settings "
    "of now, and says when it would have fired and been resolved. Nothing is told. The rounds begin with a monitor "
    "that "
    "nothing is known of. Of certificates and domains nothing is stored: terms about them are false here, and "
    "`unknown_fields` says so.";

constexpr auto match_doc =
    "Which rules would tell of an event of an incident, and for each that would not, all that is in the way: it is "
    "disabled, of another trigger, not about the monitor, does not listen to the event, a term of its conditions does "
    "not hold, a maintenance window is in force, it or the monitor is muted, or it is outside of its hours. Results "
    "are stored within a second: what a "
    "round has just seen may not be known yet. Channels have a say of their own: whether "
    "they are enabled and take the event.";

constexpr auto trial_example =
    R"({"rule":{"name":"Slow answers","trigger":"check","conditions":{"match":"all","terms":[{"field":"latency_ms",)"
    R"("operator":"gt","value":500}]},"for_rounds":3},"monitor_id":"mon_01jd9e6h6gf4g8w1q6v5q8z3ab","rounds":200})";

} // namespace

void add_rule_trials(operation_table& add) {
  using core::schema_use;
  auto replayed = core::rule_test_answer_schema()->info();
  add("POST", "/test", "testAlertRuleConfiguration", false, "Test a rule that is none yet", test_doc,
      {200, "What it would have done.", replayed}, test_unsaved)
      .body = body_spec{core::rule_trial_request_schema()->info(), schema_use::request, trial_example};
  add("POST", "/{id}/test", "testAlertRule", false, "Test an alert rule", test_doc,
      {200, "What it would have done.", replayed}, test_saved)
      .body = body_spec{core::rule_test_request_schema()->info(), schema_use::request,
                        R"({"monitor_id":"mon_01jd9e6h6gf4g8w1q6v5q8z3ab","rounds":200})", false};
  auto& ask = add("POST", "/match", "matchAlertRules", false, "Match alert rules", match_doc,
                  {200, "Every rule.", core::rule_match_answer_schema()->info()}, match);
  ask.body = body_spec{core::rule_match_request_schema()->info(), schema_use::request,
                       R"({"monitor_id":"mon_01jd9e6h6gf4g8w1q6v5q8z3ab","event":"incident.opened"})"};
  ask.problems = {409};
}

} // namespace gochron::http
