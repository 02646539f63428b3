#include "core/schema/schedule.hpp"

#include <charconv>
#include <set>

#include <fmt/format.h>

#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/resources.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

constexpr auto local_pattern = "^(19[7-9][0-9]|20[0-2][0-9]|203[0-7])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
                               "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$";

// It is read as if it were UTC, which has every time.
std::optional<local_seconds> parse_local(const std::string& text) {
  auto as_utc = text.size() == 19 ? parse_rfc3339(text + 'Z') : std::nullopt;
  auto year = as_utc ? std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(*as_utc)}.year()
                     : std::chrono::year{0};
  if (year < std::chrono::year{1970} || year > std::chrono::year{2037})
    return std::nullopt;
  return local_seconds{std::chrono::floor<seconds>(as_utc->time_since_epoch())};
}

class local_time_type final : public type<local_seconds> {
public:
  local_time_type() : type({.kind = json_kind::text, .pattern = local_pattern}) {}
  void read(const json_value& from, local_seconds& x, reader& r) const override {
    auto s = read_text(from, r);
    if (!s)
      return;
    if (auto at = parse_local(*s))
      x = *at;
    else
      r.fail("invalid_format", "Expected a local time from 1970 to 2037, as 2026-01-31T09:00:00.");
  }
  void write(const local_seconds& x, json_writer& w, const write_options&) const override {
    auto text = to_rfc3339(timestamp{x.time_since_epoch()});
    w.text(std::string_view{text}.substr(0, 19));
  }
};

object_ptr<rotation_spec> rotation_schema() {
  auto s = std::make_shared<object_schema<rotation_spec>>("Rotation", "When one turn hands over to the next.");
  s->property("unit", &rotation_spec::unit, enumeration<rotation_unit>(),
              {.doc = "What is counted, by the local clock.", .example = R"("week")"});
  s->property("length", &rotation_spec::length, integer<std::int32_t>(1, 1000),
              {.doc = "How many units a turn has.", .example = "1"});
  s->property("anchor_local", &rotation_spec::anchor, local_time_text(),
              {.doc = "A hand-off, by the local clock: the first turn begins here. The others follow of it, before it "
                      "and after. Months keep its day, or end on their last.",
               .example = R"("2026-01-05T09:00:00")",
               .required = true});
  return s;
}

object_ptr<duty_hours> duty_hours_schema() {
  auto s = std::make_shared<object_schema<duty_hours>>("DutyHours", "When a layer is on call.");
  s->property("weekdays", &duty_hours::weekdays, set_of(enumeration<weekday>(), {.min = 1, .max = 7}),
              {.doc = "A set: the local days on which it begins.",
               .example = R"(["monday","tuesday","wednesday","thursday","friday"])",
               .required = true});
  s->property("start", &duty_hours::start, time_of_day_text(),
              {.doc = "Local time. In a gap of the clock: from the first instant after it.",
               .example = R"("09:00")",
               .required = true});
  s->property("end", &duty_hours::end, time_of_day_text(),
              {.doc = "Local time, exclusive; on the next day unless it is later than `start`.",
               .example = R"("17:00")",
               .required = true});
  return s;
}

object_ptr<schedule_layer> layer_schema() {
  auto s = std::make_shared<object_schema<schedule_layer>>("ScheduleLayer", "People who take turns.");
  auto turn = set_of(identifier<user_id>(), {.min = 1, .max = 10});
  s->property("key", &schedule_layer::key, key_text(),
              {.doc = "Your name for it, unique in the schedule: an edit finds the present turn by it.",
               .example = R"("primary")",
               .required = true});
  s->property("name", &schedule_layer::name, line_text(),
              {.doc = "What people call it.", .example = R"("Primary")", .required = true});
  s->property("priority", &schedule_layer::priority, integer<std::int32_t>(-1000, 1000),
              {.doc = "Of the layers that are on call the one with the highest decides; among equals the one that "
                      "stands later.",
               .example = "0"});
  s->property("rotation", &schedule_layer::rotation, rotation_schema(),
              {.doc = "When its turns change.",
               .example = R"({"unit":"week","length":1,"anchor_local":"2026-01-05T09:00:00"})",
               .required = true});
  s->property("members", &schedule_layer::members, array_of(turn, {.min = 1, .max = 60}),
              {.doc = "The turns in their order, each a set of users who are on call together.",
               .example = R"([["usr_01jd9e6h6gf4g8w1q6v5q8z3ab"]])",
               .required = true});
  s->property("restrictions", &schedule_layer::restrictions, array_of<duty_hours>(duty_hours_schema(), {.max = 21}),
              {.doc = "On call only then; empty: always.", .example = "[]"});
  return s;
}

void refuse_same_keys(const schedule_spec& x, reader& r) {
  std::set<std::string> seen;
  reader::step layers{r, "layers"};
  for (std::size_t i = 0; i < x.layers.size(); ++i)
    if (!seen.insert(x.layers[i].key).second) {
      reader::step layer{r, i};
      r.fail("duplicate", "Another layer has this key.", "key");
    }
}

constexpr auto record_of = [](const schedule_record& x) -> const schedule_record& { return x; };

} // namespace

type_ptr<local_seconds> local_time_text() {
  static const auto one = std::make_shared<local_time_type>();
  return one;
}

object_ptr<schedule_spec> schedule_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<schedule_spec>>("ScheduleSpec", "The configurable part of a schedule.");
    s->property("name", &schedule_spec::name, line_text(),
                {.doc = "What people call it.", .example = R"("Primary on-call")", .required = true});
    s->property("description", &schedule_spec::description, text({.max = 4096}),
                {.doc = "For people.", .example = R"("Who answers for the shop.")"});
    s->property("key", &schedule_spec::key, key_text(), key_facts);
    s->property("time_zone", &schedule_spec::time_zone, time_zone_text(),
                {.doc = "IANA name: whose clock the layers go by.", .example = R"("Europe/Paris")"});
    s->property("layers", &schedule_spec::layers, array_of<schedule_layer>(layer_schema(), {.max = 20}),
                {.doc = "Who takes turns. What no layer covers is a gap.", .example = "[]"});
    s->property("on_edit", &schedule_spec::on_edit, enumeration<edit_effect>(),
                {.doc =
                     "What an edit of the layers does to whose turn it is. `keep_current`: who has it keeps it until "
                     "the next hand-off. `by_anchor`: it is counted from the anchor anew.",
                 .example = R"("keep_current")"});
    s->property("handoff_channel_ids", &schedule_spec::handoff_channels, set_of(identifier<channel_id>(), {.max = 20}),
                {.doc = "A set: channels that are told who comes on call and who goes, when it happens.",
                 .example = R"(["chn_01jd9e6h6gf4g8w1q6v5q8z3ab"])"});
    s->property("handoff_notify_users", &schedule_spec::handoff_notify_users, boolean(),
                {.doc = "Whether those who come on call and go off it are told themselves, by the contact methods that "
                        "a page of low urgency would use first.",
                 .example = "true"});
    s->property("managed_by", &schedule_spec::managed_by, line_text(),
                {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
    s->rule({"layers"}, refuse_same_keys);
    return s;
  }();
  return schema;
}

object_ptr<schedule_record> schedule_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<schedule_record>>("Schedule", "Who is on call when.");
    add_id<schedule_id>(*s, record_of);
    s->embed(
        *schedule_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    s->computed("effective_from", instant(),
                {.doc = "Since when these layers are in force. What was before stays as it was.",
                 .example = R"("2026-01-31T12:00:00.000Z")"},
                [](const schedule_record& x, const write_options&) { return x.present.effective_from; });
    s->maybe("ical_created_at", instant(),
             {.doc = "When the secret of its calendar feed was made; null: it has none.", .example = "null"},
             [](const schedule_record& x, const write_options&) { return x.ical_created_at; });
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

} // namespace gochron::core
