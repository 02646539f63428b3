#include <set>

#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

constexpr property_facts managed_by_facts{.doc = "The tool that owns this configuration.", .example = R"("terraform")"};
constexpr std::string_view some_user = R"("usr_01jd9e6h6gf4g8w1q6v5q8z3ab")";

object_ptr<team_member> member_schema() {
  auto s = std::make_shared<object_schema<team_member>>("TeamMember", "Somebody in a team.");
  s->property("user_id", &team_member::user, identifier<user_id>(),
              {.doc = "The user.", .example = some_user, .required = true});
  s->property("role", &team_member::role, enumeration<team_role>(),
              {.doc = "`responder`, or `manager`: who runs it. Both are told.", .example = R"("responder")"});
  return s;
}

void refuse_members_twice(const team_spec& x, reader& r) {
  std::set<user_id> seen;
  reader::step in_members{r, "members"};
  for (std::size_t i = 0; i < x.members.size(); ++i) {
    reader::step here{r, i};
    if (!seen.insert(x.members[i].user).second)
      r.fail("duplicate", "Is a member already.", "user_id");
  }
}

constexpr auto rule_of = [](const notification_rule_record& x) -> const notification_rule_record& { return x; };
constexpr auto team_of = [](const team_record& x) -> const team_record& { return x; };

object_ptr<pending_page> pending_page_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<pending_page>>("PendingPage", "Somebody who is told later.");
    s->property("user_id", &pending_page::user, identifier<user_id>(), {.doc = "Who."});
    // Under the name and the id that the API has for it.
    property<pending_page> via;
    via.info = {"contact_method_id", {.doc = "By what."}, identifier<contact_method_id>()->info(), {}, {}, {}};
    via.write = [](const pending_page& x, json_writer& w, const write_options&) {
      w.text(contact_method_of(x.via).str());
    };
    via.read = [type = identifier<contact_method_id>()](const json_value& v, pending_page& x, reader& r) {
      contact_method_id id;
      type->read(v, id, r);
      x.via = {id.value};
    };
    s->row(std::move(via));
    s->property("delay_seconds", &pending_page::delay, integer<seconds>(0, 86400),
                {.doc = "After the step that told them.", .example = "300"});
    s->property(
        "at", &pending_page::at, instant(),
        {.doc = "When, unless the incident is taken or over by then.", .example = R"("2026-01-31T12:00:00.000Z")"});
    return s;
  }();
  return schema;
}

} // namespace

type_ptr<std::vector<pending_page>> pending_pages_type() {
  static const auto type = array_of<pending_page>(pending_page_schema(), {.max = 10'000});
  return type;
}

object_ptr<notification_rule_spec> notification_rule_spec_schema() {
  static const auto schema = [] {
    using spec = notification_rule_spec;
    auto s =
        std::make_shared<object_schema<spec>>("NotificationRuleSpec", "The configurable part of a notification rule.");
    s->property("user_id", &spec::user, identifier<user_id>(),
                {.doc = "Who is told.", .example = some_user, .required = true, .immutable = true});
    s->property("urgency", &spec::urgency, enumeration<urgency>(),
                {.doc = "Of incidents of the severities `critical` and `error` (`high`), or `warning` and `info`.",
                 .example = R"("high")"});
    s->property("contact_method_id", &spec::contact_method, identifier<contact_method_id>(),
                {.doc = "By what: a contact method of theirs. One that is not verified tells nobody.",
                 .example = R"("cm_01jd9e6h6gf4g8w1q6v5q8z3ab")",
                 .required = true});
    s->property("delay_seconds", &spec::delay, integer<seconds>(0, 86400),
                {.doc = "How long after a step has told the user, unless somebody has taken the incident by then.",
                 .example = "300"});
    s->property("key", &spec::key, key_text(), key_facts);
    s->property("managed_by", &spec::managed_by, line_text(), managed_by_facts);
    return s;
  }();
  return schema;
}

object_ptr<notification_rule_record> notification_rule_schema() {
  static const auto schema = [] {
    auto s =
        std::make_shared<object_schema<notification_rule_record>>("NotificationRule", "When a user is told by what.");
    add_id<notification_rule_id>(*s, rule_of);
    s->embed(
        *notification_rule_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    add_history(*s, rule_of);
    return s;
  }();
  return schema;
}

object_ptr<team_spec> team_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<team_spec>>("TeamSpec", "The configurable part of a team.");
    s->property("name", &team_spec::name, line_text(),
                {.doc = "What people call it.", .example = R"("Payments")", .required = true});
    s->property("key", &team_spec::key, key_text(), key_facts);
    s->property("description", &team_spec::description, text({.max = 4096}),
                {.doc = "What it is for.", .example = R"("Everything that moves money.")"});
    s->property("members", &team_spec::members, array_of<team_member>(member_schema(), {.max = 100}),
                {.doc = "In this order, nobody twice.", .example = "[]"});
    s->property("managed_by", &team_spec::managed_by, line_text(), managed_by_facts);
    s->rule({"members"}, refuse_members_twice);
    return s;
  }();
  return schema;
}

object_ptr<team_record> team_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<team_record>>("Team", "People who are told together.");
    add_id<team_id>(*s, team_of);
    s->embed(
        *team_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    add_history(*s, team_of);
    return s;
  }();
  return schema;
}

} // namespace gochron::core
