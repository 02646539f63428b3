#include <algorithm>

#include "core/on_call/overrides.hpp"
#include "http/on_call_people.hpp"

/// Who is on call by one schedule: computed from its rows.
namespace gochron::http {
namespace {

const noun schedules{"/api/schedules", "Schedules", "schedules"};

using shifts = std::vector<on_call_shift>;

constexpr std::chrono::days usual_range{30}, look_ahead{31};

const std::vector<parameter>& shift_parameters() {
  static const std::vector<parameter> all{
      time_parameter("from", "The beginning; now when absent. The first shift begins no earlier."),
      time_parameter("to", "The end, exclusive: at most 366 days later; 30 days later when absent."),
      id_parameter<user_id>("user_id", "Only this user's.")};
  return all;
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
    with_books(c, *id, range,
               [c, range, user](const on_call_books& x) { answer_shifts(c, shifts_of(x, range, user)); });
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
      found ? answer_page(c, *core::on_call_gap_schema(), page<on_call_shift>{std::move(*found), {}})
            : c.refuse(found.error());
    });
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

void get_one(call c) {
  query_reader q{c};
  auto at = read_at(q, c);
  if (auto e = q.problem(at_parameter()))
    return c.refuse(*e);
  time_range range{at, std::min<timestamp>(at + look_ahead, core::last_instant)};
  if (auto id = c.id<schedule_id>())
    with_books(c, *id, range, [c, range](const on_call_books& x) {
      people_names names{c};
      auto answer = answer_at(x, range.from, names);
      answer.until = end_of(x, answer.users, range);
      c.one(result<core::on_call_answer>{std::move(answer)}, *core::on_call_schema());
    });
}

} // namespace

std::vector<parameter> at_parameter() {
  return {time_parameter("at", "When; now when absent.")};
}

timestamp read_at(query_reader& q, const call& c) {
  auto at = q.time("at").value_or(c.with().clock.now());
  for (auto& x : core::instant_faults(at))
    q.wrong(x.pointer, x.code, x.detail);
  return at;
}

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
  return std::move(add.all);
}

} // namespace gochron::http
