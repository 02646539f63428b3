#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/schedule.hpp"

namespace gochron::core {
namespace {

constexpr auto example_time = R"("2026-01-31T12:00:00.000Z")";

type_ptr<std::vector<user_id>> users() {
  static const auto one = set_of(identifier<user_id>(), {.max = 50});
  return one;
}

type_ptr<std::vector<on_call_person>> people() {
  static const auto all = [] {
    auto s = std::make_shared<object_schema<on_call_person>>("OnCallPerson", "Somebody who is on call.");
    s->property("user_id", &on_call_person::id, identifier<user_id>(), {.doc = "The user.", .read_only = true});
    s->property(
        "name", &on_call_person::name, any_text(),
        {.doc = "What people call them; null: the user is gone.", .example = R"("Ada Lovelace")", .read_only = true});
    return array_of<on_call_person>(s, {.max = 1'000});
  }();
  return all;
}

constexpr property_facts people_facts{.doc = "The same with their names, in that order.", .read_only = true};

object_ptr<schedule_feed> feed_schema(std::string_view component, std::string_view doc) {
  auto s = std::make_shared<object_schema<schedule_feed>>(component, doc);
  s->computed("url", any_text(),
              {.doc = "The iCalendar feed. Who has it may read it: shown this once and kept nowhere.",
               .example = R"("https://gochron.example/ical/01jd9e6h6gf4g8w1q6v5q8z3ab.ics")"},
              [](const schedule_feed& x, const write_options& o) {
                return std::string{o.base_url} + "/ical/" + x.token + ".ics";
              });
  s->property("created_at", &schedule_feed::created_at, instant(),
              {.doc = "When it was made.", .example = example_time, .read_only = true});
  return s;
}

void check_kind(const override_request& x, reader& r) {
  bool by_schedule = x.kind == override_kind::schedule;
  if (by_schedule && !x.schedule)
    r.fail("required", "Required by this kind.", "schedule_id");
  if (!by_schedule && x.schedule)
    r.fail("inconsistent", "Only with the kind `schedule`.", "schedule_id");
  if (!by_schedule && x.user_ids.empty())
    r.fail("required", "At least one with this kind.", "user_ids");
  if (by_schedule && !x.user_ids.empty())
    r.fail("inconsistent", "Not with the kind `schedule`.", "user_ids");
  if (x.kind != override_kind::replace && !x.replaced_user_ids.empty())
    r.fail("inconsistent", "Only with the kind `replace`.", "replaced_user_ids");
}

constexpr property_facts kind_facts{
    .doc = "`add`: `user_ids` are on call, too. `remove`: they are not. `replace`: they stand in for "
           "`replaced_user_ids`, or for everybody. `schedule`: whoever `schedule_id` has on call.",
    .example = R"("replace")",
    .required = true};
constexpr property_facts reason_facts{.doc = "Why, for people.", .example = R"("Vacation")"};
constexpr property_facts users_facts{.doc = "A set.", .example = R"(["usr_01jd9e6h6gf4g8w1q6v5q8z3ab"])"};
constexpr property_facts replaced_facts{
    .doc = "A set: whose place `user_ids` take while one of these is on call; empty: everybody's.", .example = "[]"};
constexpr property_facts other_facts{.doc = "Another schedule: its layers, and its overrides but those of this kind.",
                                     .example = "null"};

// A merge patch of a schedule, within a body that is none.
type_info_ptr edit_info() {
  auto x = *schedule_schema()->info();
  x.component = "ScheduleEdit";
  for (auto& property : x.properties) {
    auto type = *property.type;
    type.nullable = true;
    property.type = std::make_shared<type_info>(std::move(type));
    property.facts.required = false;
    property.default_json.clear();
  }
  return std::make_shared<type_info>(std::move(x));
}

type_info_ptr preview_info(std::string component, const type_info_ptr& schedule) {
  auto x = *preview_request_schema()->info();
  x.component = std::move(component);
  for (auto& property : x.properties)
    if (property.name == "schedule")
      property.type = schedule;
  return std::make_shared<type_info>(std::move(x));
}

property_facts shown(property_facts x) {
  x.required = false;
  x.read_only = true;
  return x;
}

} // namespace

object_ptr<override_request> override_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<override_request>>("ScheduleOverrideRequest", "An exception to be made.");
    s->property("kind", &override_request::kind, enumeration<override_kind>(), kind_facts);
    s->property("start_at", &override_request::start_at, instant(),
                {.doc = "Its beginning, not in the past; null: now.", .example = "null"});
    s->property("end_at", &override_request::end_at, instant(),
                {.doc = "Its end, exclusive.", .example = R"("2037-01-31T12:00:00.000Z")", .required = true});
    s->property("reason", &override_request::reason, line_text(1, 500), reason_facts);
    s->property("user_ids", &override_request::user_ids, users(), users_facts);
    s->property("replaced_user_ids", &override_request::replaced_user_ids, users(), replaced_facts);
    s->property("schedule_id", &override_request::schedule, identifier<schedule_id>(), other_facts);
    s->rule({"kind", "user_ids", "replaced_user_ids", "schedule_id"}, check_kind);
    return s;
  }();
  return schema;
}

object_ptr<schedule_override> schedule_override_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<schedule_override>>(
        "ScheduleOverride", "An exception: it changes what the layers, and the overrides made before it, say.");
    s->property("id", &schedule_override::id, identifier<override_id>(), {.doc = "Given by us.", .read_only = true});
    s->property("kind", &schedule_override::kind, enumeration<override_kind>(), shown(kind_facts));
    s->property("start_at", &schedule_override::start_at, instant(),
                {.doc = "Its beginning.", .example = example_time, .read_only = true});
    s->property("end_at", &schedule_override::end_at, instant(),
                {.doc = "Its end, exclusive.", .example = example_time, .read_only = true});
    s->property("reason", &schedule_override::reason, line_text(1, 500), shown(reason_facts));
    s->property("user_ids", &schedule_override::user_ids, users(), shown(users_facts));
    s->property("replaced_user_ids", &schedule_override::replaced_user_ids, users(), shown(replaced_facts));
    s->property("schedule_id", &schedule_override::other, identifier<schedule_id>(), shown(other_facts));
    s->property("created_at", &schedule_override::created_at, instant(),
                {.doc = "When it was made.", .example = example_time, .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<preview_request> preview_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<preview_request>>("SchedulePreview", "What shifts would come of.");
    s->property("from", &preview_request::from, instant(), {.doc = "Null: now.", .example = "null"});
    s->property("to", &preview_request::to, instant(),
                {.doc = "Exclusive, at most 366 days later; null: 30 days later.", .example = "null"});
    s->property("schedule", &preview_request::schedule, std::make_shared<deferred_type>(),
                {.doc = "As for creating one, or, of one that there is, a merge patch.",
                 .example = R"({"name":"Primary","time_zone":"Europe/Paris"})",
                 .required = true});
    return s;
  }();
  return schema;
}

type_info_ptr schedule_preview_info() {
  return preview_info("SchedulePreview", schedule_schema()->info());
}

type_info_ptr schedule_edit_preview_info() {
  return preview_info("ScheduleEditPreview", edit_info());
}

object_ptr<on_call_shift> on_call_gap_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<on_call_shift>>("OnCallGap", "Nobody is on call.");
    s->property("from", &on_call_shift::from, instant(),
                {.doc = "Its beginning.", .example = example_time, .read_only = true});
    s->property("to", &on_call_shift::to, instant(),
                {.doc = "Its end, exclusive.", .example = example_time, .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<named_shift> on_call_shift_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<named_shift>>("OnCallShift", "The same people are on call.");
    s->embed(
        *on_call_gap_schema(), [](auto& x) -> auto& { return x.shift; });
    s->computed("user_ids", users(), {.doc = "A set.", .example = R"(["usr_01jd9e6h6gf4g8w1q6v5q8z3ab"])"},
                [](const named_shift& x, const write_options&) { return x.shift.users; });
    s->property("users", &named_shift::people, people(), people_facts);
    return s;
  }();
  return schema;
}

object_ptr<on_call_answer> on_call_row_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<on_call_answer>>("OnCall", "Who is on call by one schedule.");
    s->property("schedule_id", &on_call_answer::schedule, identifier<schedule_id>(),
                {.doc = "The schedule.", .read_only = true});
    s->property("schedule_name", &on_call_answer::name, line_text(),
                {.doc = "Its name.", .example = R"("Primary on-call")", .read_only = true});
    s->property("at", &on_call_answer::at, instant(), {.doc = "When.", .example = example_time, .read_only = true});
    s->property(
        "user_ids", &on_call_answer::users, users(),
        {.doc = "A set; empty when nobody is.", .example = R"(["usr_01jd9e6h6gf4g8w1q6v5q8z3ab"])", .read_only = true});
    s->property("users", &on_call_answer::people, people(), people_facts);
    return s;
  }();
  return schema;
}

object_ptr<on_call_answer> on_call_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<on_call_answer>>("ScheduleOnCall", "Who is on call, and for how long.");
    s->embed(
        *on_call_row_schema(), [](auto& x) -> auto& { return x; });
    s->property("until", &on_call_answer::until, instant(),
                {.doc = "When that changes; null: not within 31 days.", .example = example_time, .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<schedule_feed> schedule_feed_schema() {
  static const auto schema = feed_schema("ScheduleFeed", "Where calendars find a schedule.");
  return schema;
}

object_ptr<schedule_feed> user_feed_schema() {
  static const auto schema = feed_schema("UserFeed", "Where calendars find all shifts of a user.");
  return schema;
}

object_ptr<user_feed_state> user_feed_state_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<user_feed_state>>("UserFeedState", "Whether there is a calendar feed.");
    s->property("created_at", &user_feed_state::created_at, instant(),
                {.doc = "When its secret was made; null: there is none.", .example = example_time, .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
