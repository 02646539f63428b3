#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/on_call/overrides.hpp"
#include "core/on_call/timetable.hpp"
#include "core/schema/schedule.hpp"
#include "http/configured.hpp"

/// Who is on call: computed from the rows of the schedules that are asked about.
namespace gochron::http {
namespace {

const noun schedules{"/api/schedules", "Schedules", "schedules"};
const noun everywhere{"/api/oncall", "Schedules", "schedules"};

using books = std::vector<on_call_books>;
using shifts = std::vector<on_call_shift>;

constexpr std::chrono::days usual_range{30}, look_ahead{31};

struct time_range {
  timestamp from{}, to{};
};

error invalid(std::string what, std::vector<violation> faults) {
  return {errc::invalid, std::move(what), std::move(faults), {}, {}};
}

// Looks up one schedule with all that decides about the range, then goes on.
template <class F>
void with_books(const call& c, schedule_id id, time_range range, F f) {
  c.with().queries.on_call(c.org(), {id}, range.from, range.to, reply_to<books>{[c, f](result<books> x) {
                             if (!x)
                               return c.refuse(x.error());
                             if (x->empty())
                               return c.refuse({errc::not_found, "No such schedule.", {}, {}, {}});
                             f(std::move(x->front()));
                           }});
}

void answer_shifts(const call& c, const core::object_schema<on_call_shift>& schema, result<shifts> x) {
  x ? answer_page(c, schema, page<on_call_shift>{std::move(*x), {}}) : c.refuse(x.error());
}

const std::vector<parameter>& shift_parameters() {
  static const std::vector<parameter> all{
      time_parameter("from", "The beginning; now when absent. The first shift begins no earlier."),
      time_parameter("to", "The end, exclusive: at most 366 days later; 30 days later when absent."),
      id_parameter<user_id>("user_id", "Only this user's.")};
  return all;
}

// Whether `user` is among them; unset: whoever they are.
bool has(const std::vector<user_id>& users, const std::optional<user_id>& user) {
  return !user || std::ranges::find(users, *user) != users.end();
}

result<shifts> shifts_of(const on_call_books& x, time_range range, const std::optional<user_id>& user) {
  auto found = core::shifts_in(x, range.from, range.to);
  if (found)
    std::erase_if(*found, [&](const on_call_shift& s) { return !has(s.users, user); });
  return found;
}

void list_shifts(call c) {
  query_reader q{c};
  auto user = q.id<user_id>("user_id");
  time_range range;
  range.from = q.time("from").value_or(c.with().clock.now());
  range.to = q.time("to").value_or(range.from + usual_range);
  for (auto& x : core::range_faults(range.from, range.to))
    q.wrong(x.pointer, x.code, x.detail);
  if (auto e = q.problem(shift_parameters()))
    return c.refuse(*e);
  if (auto id = c.id<schedule_id>())
    with_books(c, *id, range, [c, range, user](const on_call_books& x) {
      answer_shifts(c, *core::on_call_shift_schema(), shifts_of(x, range, user));
    });
}

const std::vector<parameter>& gap_parameters() {
  static const std::vector<parameter> all{
      {"days", "How far to look, from now.", R"({"type":"integer","minimum":1,"maximum":366,"default":30})"}};
  return all;
}

void list_gaps(call c) {
  query_reader q{c};
  auto now = c.with().clock.now();
  time_range range{now, now + std::chrono::days{q.integer("days", 1, 366).value_or(usual_range.count())}};
  if (auto e = q.problem(gap_parameters()))
    return c.refuse(*e);
  if (auto id = c.id<schedule_id>())
    with_books(c, *id, range, [c, range](const on_call_books& x) {
      auto found = core::shifts_in(x, range.from, range.to);
      if (found)
        found = core::gaps_between(*found, range.from, range.to);
      answer_shifts(c, *core::on_call_gap_schema(), std::move(found));
    });
}

std::vector<parameter> at_parameter() {
  return {time_parameter("at", "When; now when absent.")};
}

core::on_call_answer answer_at(const on_call_books& x, timestamp at) {
  return {x.of.id, x.of.name, at, core::on_call_at(x, at), std::nullopt};
}

// When somebody else is on call, if that is soon.
std::optional<timestamp> end_of(const on_call_books& x, const std::vector<user_id>& users, time_range range) {
  auto found = core::shifts_in(x, range.from, range.to);
  if (!found)
    return std::nullopt;
  if (found->empty())
    return std::nullopt;
  auto end = users.empty() ? found->front().from : found->front().to;
  return end < range.to ? std::optional{end} : std::nullopt;
}

// Reads `at`; the default is now.
std::optional<timestamp> read_at(query_reader& q, const call& c) {
  auto at = q.time("at").value_or(c.with().clock.now());
  for (auto& x : core::instant_faults(at))
    q.wrong(x.pointer, x.code, x.detail);
  return at;
}

void get_one(call c) {
  query_reader q{c};
  auto at = *read_at(q, c);
  if (auto e = q.problem(at_parameter()))
    return c.refuse(*e);
  time_range range{at, std::min<timestamp>(at + look_ahead, core::last_instant)};
  if (auto id = c.id<schedule_id>())
    with_books(c, *id, range, [c, range](const on_call_books& x) {
      auto answer = answer_at(x, range.from);
      answer.until = end_of(x, answer.users, range);
      c.one(result<core::on_call_answer>{std::move(answer)}, *core::on_call_schema());
    });
}

const std::vector<parameter>& list_filters() {
  static const auto all = [] {
    auto found = at_parameter();
    found.push_back(ids_parameter("sch", "schedule_ids", "Only by these schedules, at most 200."));
    found.push_back(id_parameter<user_id>("user_id", "Only where this user is; a page may be shorter then."));
    return list_parameters(std::move(found));
  }();
  return all;
}

void list_all(call c) {
  query_reader q{c};
  auto at = *read_at(q, c);
  schedule_query wanted;
  wanted.ids = q.ids<schedule_id>("schedule_ids");
  auto user = q.id<user_id>("user_id");
  auto which = q.page();
  if (auto e = q.problem(list_filters()))
    return c.refuse(*e);
  auto found = [c, at, user](result<page<schedule_record>> rows) {
    if (!rows)
      return c.refuse(rows.error());
    std::vector<schedule_id> ids;
    for (const auto& x : rows->rows)
      ids.push_back(x.id);
    auto computed = [c, at, user, next = rows->next](const result<books>& all) {
      if (!all)
        return c.refuse(all.error());
      page<core::on_call_answer> answers{{}, next};
      for (const auto& x : *all)
        if (auto answer = answer_at(x, at); has(answer.users, user))
          answers.rows.push_back(std::move(answer));
      answer_page(c, *core::on_call_row_schema(), answers);
    };
    c.with().queries.on_call(c.org(), std::move(ids), at, at + milliseconds{1}, reply_to<books>{computed});
  };
  c.with().queries.schedules(c.org(), std::move(wanted), which, reply_to<page<schedule_record>>{found});
}

// -- previews ---------------------------------------------------------------------------------------------------------

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
  answer_shifts(c, *core::on_call_shift_schema(), core::shifts_in(x, wanted->range.from, wanted->range.to));
}

void preview_edit_of(const call& c, const preview& wanted, const schedule_record& now) {
  auto at = c.with().clock.now();
  auto spec = checked(c, core::merge<schedule_spec>(now.spec, *wanted.body, at));
  if (!spec)
    return c.refuse(spec.error());
  with_books(c, now.id, wanted.range, [=](on_call_books x) {
    if (!core::same_timetable(now.present, *spec))
      x.of.revisions.push_back(core::next_revision(now.present, *spec, at));
    answer_shifts(c, *core::on_call_shift_schema(), core::shifts_in(x, wanted.range.from, wanted.range.to));
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

operations on_call_operations() {
  auto shift = core::on_call_shift_schema()->info();
  success found{200, "The shifts, oldest first; where there is none, nobody is on call.", shift, true};
  operation_table add{schedules};
  add("GET", "/{id}/shifts", "listScheduleShifts", false, "List shifts",
      "Who is on call from when to when, overrides and earlier revisions included: the past is told as it was. "
      "Stretches of the same people are one shift. All of them come on one page.",
      found, list_shifts)
      .query = shift_parameters();
  add("GET", "/{id}/gaps", "listScheduleGaps", false, "List gaps", "When nobody will be on call.",
      {200, "The gaps, oldest first.", core::on_call_gap_schema()->info(), true}, list_gaps)
      .query = gap_parameters();
  add("GET", "/{id}/oncall", "getScheduleOnCall", false, "Who is on call", "Now, or at any time.",
      {200, "Who is.", core::on_call_schema()->info()}, get_one)
      .query = at_parameter();
  add("POST", "/preview", "previewSchedule", false, "Preview a schedule",
      "The shifts that a schedule would have if it were in force from `from` on. Nothing is stored.", found,
      preview_unsaved)
      .body = preview_body(core::schedule_preview_info(),
                           R"({"from":"2026-03-01T00:00:00.000Z","to":"2026-04-01T00:00:00.000Z",)"
                           R"("schedule":{"name":"Primary","time_zone":"Europe/Paris"}})");
  add("POST", "/{id}/preview", "previewScheduleEdit", false, "Preview an edit",
      "The shifts that the schedule would have if it were edited now. Nothing is stored.", found, preview_saved)
      .body = preview_body(core::schedule_edit_preview_info(), R"({"schedule":{"time_zone":"America/New_York"}})");
  operation_table add_all{everywhere};
  add_all("GET", "", "listOnCall", false, "Who is on call everywhere", "A row for each schedule, oldest first.",
          {200, "A page of them.", core::on_call_row_schema()->info(), true}, list_all)
      .query = list_filters();
  std::ranges::move(add_all.all, std::back_inserter(add.all));
  return std::move(add.all);
}

} // namespace gochron::http
