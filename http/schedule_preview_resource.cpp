#include <fmt/format.h>

#include "core/on_call/overrides.hpp"
#include "http/on_call_people.hpp"

/// What shifts would come of a schedule, or of an edit of one.
namespace gochron::http {
namespace {

const noun schedules{"/api/schedules", "Schedules", "schedules"};

constexpr std::chrono::days usual_range{30};

error invalid(std::string what, std::vector<violation> faults) {
  return {errc::invalid, std::move(what), std::move(faults), {}, {}};
}

struct preview {
  time_range range;
  core::deferred_object body;
};

result<preview> read_preview(const call& c) {
  auto wanted = core::read_body(*core::preview_request_schema(), *c.request().body);
  if (!wanted)
    return fail(wanted.error());
  preview x;
  x.range.from = wanted->from.value_or(c.with().clock.now());
  x.range.to = wanted->to.value_or(x.range.from + usual_range);
  x.body = wanted->schedule;
  auto faults = core::range_faults(x.range.from, x.range.to);
  for (auto& fault : faults)
    fault.pointer.insert(0, "/");
  if (!faults.empty())
    return fail(invalid("The request body is not valid.", std::move(faults)));
  return x;
}

// What is wrong with the schedule in the body, as pointers into the body; who is named must exist.
result<schedule_spec> checked(const call& c, result<schedule_spec> spec) {
  if (!spec) {
    auto e = spec.error();
    for (auto& x : e.violations)
      x.pointer.insert(0, "/schedule");
    return fail(std::move(e));
  }
  std::vector<violation> faults;
  for (std::size_t i = 0; i < spec->layers.size(); ++i)
    for (std::size_t j = 0; j < spec->layers[i].members.size(); ++j)
      for (std::size_t k = 0; k < spec->layers[i].members[j].size(); ++k)
        if (!c.with().engine.user(c.org(), spec->layers[i].members[j][k]))
          faults.push_back({fmt::format("/schedule/layers/{}/members/{}/{}", i, j, k), "unknown_id", "No such user."});
  if (!faults.empty())
    return fail(invalid("The schedule names who is not there.", std::move(faults)));
  return spec;
}

void preview_unsaved(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = read_preview(c);
  if (!wanted)
    return c.refuse(wanted.error());
  auto spec = checked(c, core::create<schedule_spec>(*wanted->body, c.with().clock.now()));
  if (!spec)
    return c.refuse(spec.error());
  on_call_books x;
  x.of.revisions.push_back(core::first_revision(*spec, wanted->range.from));
  answer_shifts(c, core::shifts_in(x, wanted->range.from, wanted->range.to));
}

void preview_edit_of(const call& c, const preview& wanted, const schedule_record& now) {
  auto at = c.with().clock.now();
  auto spec = checked(c, core::merge<schedule_spec>(now.spec, *wanted.body, at));
  if (!spec)
    return c.refuse(spec.error());
  with_books(c, now.id, wanted.range, [=](on_call_books x) {
    if (!core::same_timetable(now.present, *spec))
      x.of.revisions.push_back(core::next_revision(now.present, *spec, at));
    answer_shifts(c, core::shifts_in(x, wanted.range.from, wanted.range.to));
  });
}

void preview_saved(call c) {
  with_target<schedule_id>(c, [&](schedule_id id, std::optional<std::int64_t> version) {
    auto wanted = read_preview(c);
    if (!wanted && wanted.error().code != errc::invalid)
      return c.refuse(wanted.error());
    auto found = [c, wanted, version](result<schedule_record> now) {
      if (!now || !wanted)
        return c.refuse(!now ? now.error() : wanted.error());
      if (version && *version != now->version)
        return c.refuse(changed_since("The schedule", now->version));
      preview_edit_of(c, *wanted, *now);
    };
    c.with().engine.tell(get_schedule{c.org(), id, reply_to<schedule_record>{std::move(found)}});
  });
}

body_spec preview_body(core::type_info_ptr type, std::string example) {
  return {std::move(type), core::schema_use::request, std::move(example), true};
}

} // namespace

operations schedule_preview_operations() {
  success found{200, "The shifts, oldest first; where there is none, nobody is on call.",
                core::on_call_shift_schema()->info(), true};
  operation_table add{schedules};
  add("POST", "/preview", "previewSchedule", false, "Preview a schedule",
      "The shifts that a schedule would have if it were in force from `from` on. Nothing is stored.", found,
      preview_unsaved)
      .body = preview_body(core::schedule_preview_info(),
                           R"({"from":"2026-03-01T00:00:00.000Z","to":"2026-04-01T00:00:00.000Z",)"
                           R"("schedule":{"name":"Primary","time_zone":"Europe/Paris"}})");
  add("POST", "/{id}/preview", "previewScheduleEdit", false, "Preview an edit",
      "The shifts that the schedule would have if it were edited now. Nothing is stored.", found, preview_saved)
      .body = preview_body(core::schedule_edit_preview_info(), R"({"schedule":{"time_zone":"America/New_York"}})");
  return std::move(add.all);
}

} // namespace gochron::http
