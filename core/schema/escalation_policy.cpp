#include <set>

#include <fmt/format.h>

#include "core/paging.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

using policy_spec = escalation_policy_spec;

bool names_another_type(std::string_view text) {
  for (auto type : {escalation_target_type::channel, escalation_target_type::user, escalation_target_type::schedule,
                    escalation_target_type::team})
    if (escalation_target x{type, uuid{}}; read_target_id(text, x))
      return true;
  return false;
}

// Which kind of id it is the row before it has said.
property<escalation_target> target_id_row() {
  property<escalation_target> p;
  auto info = describe_id("x");
  info.pattern = "^(chn|usr|sch|team)" + info.pattern.substr(info.pattern.find('_'));
  p.info = {"id",
            {.doc = "The channel, told whatever its `events` say; the user, told by their notification rules; the "
                    "schedule, of which whoever is on call then is told; or the team, whose members are.",
             .example = R"("chn_01jd9e6h6gf4g8w1q6v5q8z3ab")",
             .required = true},
            std::make_shared<type_info>(std::move(info)),
            {},
            {},
            {}};
  p.write = [](const escalation_target& x, json_writer& w, const write_options&) { w.text(target_text(x)); };
  p.read = [](const json_value& v, escalation_target& x, reader& r) {
    const auto* text = read_text(v, r);
    if (text && !read_target_id(*text, x))
      r.fail(names_another_type(*text) ? "inconsistent" : "invalid_format",
             fmt::format("Expected the id of a {}.", name_of(x.type)));
  };
  return p;
}

object_ptr<escalation_target> target_schema() {
  auto s = std::make_shared<object_schema<escalation_target>>("EscalationTarget", "Somebody that a step tells.");
  s->property("type", &escalation_target::type, enumeration<escalation_target_type>(),
              {.doc = "What `id` names.", .example = R"("channel")", .required = true});
  s->row(target_id_row());
  return s;
}

object_ptr<escalation_step> step_schema() {
  auto s = std::make_shared<object_schema<escalation_step>>("EscalationStep", "Who is told, and when.");
  s->property("key", &escalation_step::key, key_text(),
              {.doc = "Its name, unique in the policy: by this an incident under way finds its place after an edit.",
               .example = R"("first")",
               .required = true});
  s->property("delay_seconds", &escalation_step::delay, integer<seconds>(0, 7 * 86400),
              {.doc = "After the step before it; of the first step, after the opening.", .example = "300"});
  s->property("targets", &escalation_step::targets,
              array_of<escalation_target>(target_schema(), {.min = 1, .max = 20, .distinct = true}),
              {.doc = "Who, in this order, none twice.",
               .example = R"([{"type":"channel","id":"chn_01jd9e6h6gf4g8w1q6v5q8z3ab"}])",
               .required = true});
  s->property("strategy", &escalation_step::strategy, enumeration<step_strategy>(),
              {.doc = "`all` of them, or one after the other from incident to incident and cycle to cycle.",
               .example = R"("all")"});
  return s;
}

object_ptr<escalation_repeat> repeat_schema() {
  auto s = std::make_shared<object_schema<escalation_repeat>>("EscalationRepeat", "What comes after the last step.");
  s->property("count", &escalation_repeat::count, integer<std::int64_t>(0, 1000),
              {.doc = "How many more times through the steps; null: until somebody takes it.", .example = "2"});
  s->property("delay_seconds", &escalation_repeat::delay, integer<seconds>(60, 7 * 86400),
              {.doc = "From the last step to the first of the next cycle.", .example = "300"});
  return s;
}

void refuse_equal_keys(const policy_spec& x, reader& r) {
  std::set<std::string> seen;
  reader::step in_steps{r, "steps"};
  for (std::size_t i = 0; i < x.steps.size(); ++i) {
    reader::step here{r, i};
    if (!seen.insert(x.steps[i].key).second)
      r.fail("duplicate", "Another step has this key.", "key");
  }
}

constexpr auto record_of = [](const escalation_policy_record& x) -> const escalation_policy_record& { return x; };

} // namespace

object_ptr<policy_spec> escalation_policy_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<policy_spec>>("EscalationPolicySpec",
                                                          "The configurable part of an escalation policy.");
    s->property("name", &policy_spec::name, line_text(),
                {.doc = "What people call it.", .example = R"("Night shift")", .required = true});
    s->property("key", &policy_spec::key, key_text(), key_facts);
    s->property("description", &policy_spec::description, text({.max = 4096}),
                {.doc = "What it is for.", .example = R"("Pages operations, then everybody.")"});
    s->property("steps", &policy_spec::steps, array_of<escalation_step>(step_schema(), {.min = 1, .max = 20}),
                {.doc = "The ladder, from the first step up.", .required = true});
    s->property("repeat", &policy_spec::repeat, repeat_schema(),
                {.doc = "What comes after the last step.", .example = R"({"count":2,"delay_seconds":300})"});
    s->property("ack_timeout_seconds", &policy_spec::ack_timeout, integer<seconds>(1, 30 * 86400),
                {.doc = "An incident that was acknowledged and is not resolved so long after is triggered again, and "
                        "the step told last is told again at once; null: never.",
                 .example = "null"});
    s->property("on_no_one", &policy_spec::on_no_one, enumeration<on_no_one>(),
                {.doc = "When nobody of a step can be told: the next step at once (`advance`) or after its delay.",
                 .example = R"("advance")"});
    s->property("in_flight", &policy_spec::in_flight, enumeration<in_flight>(),
                {.doc = "Which steps an incident under way follows after an edit: those that it began with "
                        "(`snapshot`), or those of now.",
                 .example = R"("snapshot")"});
    s->property("managed_by", &policy_spec::managed_by, line_text(),
                {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
    s->rule({"steps"}, refuse_equal_keys);
    return s;
  }();
  return schema;
}

object_ptr<escalation_policy_record> escalation_policy_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<escalation_policy_record>>(
        "EscalationPolicy", "Who is told after whom while nobody takes an incident.");
    add_id<policy_id>(*s, record_of);
    s->embed(
        *escalation_policy_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

} // namespace gochron::core
