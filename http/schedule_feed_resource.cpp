#include "core/bytes.hpp"
#include "core/on_call/ical.hpp"
#include "core/on_call/timetable.hpp"
#include "core/schema/schedule.hpp"
#include "http/configured.hpp"

/// The calendar feed of a schedule, for calendars: whoever has the URL may read.
namespace gochron::http {
namespace {

const noun schedules{"/api/schedules", "Schedules", "schedules"};

void rotate(call c) {
  with_target<schedule_id>(c, [&](schedule_id id, auto) {
    auto [by, reply] = c.write<schedule_feed>(
        [c](const schedule_feed& x) { return c.shown(x, *core::schedule_feed_schema(), std::nullopt, true); });
    c.with().engine.tell(rotate_feed{c.org(), id, std::move(by), std::move(reply)});
  });
}

void revoke(call c) {
  with_target<schedule_id>(c, [&](schedule_id id, auto) {
    c.with().engine.tell(revoke_feed{c.org(), id, c.by(), c.done()});
  });
}

struct time_range {
  timestamp from{}, to{};
};

// From the month before this one for twelve months. It begins with a month, so that what began earlier is shown from
// the same instant for a whole month: events keep their UIDs.
time_range range_of_feed(timestamp now) {
  using namespace std::chrono;
  year_month_day today{floor<days>(now)};
  auto first = year_month{today.year(), today.month()} - months{1};
  return {timestamp{sys_days{first / 1}}, std::min(timestamp{sys_days{(first + months{12}) / 1}}, core::last_instant)};
}

// Of a schedule with too many turns for a year as much as there is room for.
result<std::vector<on_call_shift>> shifts_of_feed(const on_call_books& x, time_range range) {
  result<std::vector<on_call_shift>> found;
  for (auto length : {std::chrono::days{366}, std::chrono::days{92}, std::chrono::days{62}}) {
    found = core::shifts_in(x, range.from, std::min<timestamp>(range.from + length, range.to));
    if (found)
      break;
  }
  return found;
}

core::ical_input input_of(const call& c, org_id org, const on_call_books& x, const std::vector<on_call_shift>& found) {
  core::ical_input input{x.of.id, x.of.name, x.updated_at, core::shifts_by_user(found)};
  for (const auto& shift : input.shifts)
    if (auto user = c.with().engine.user(org, shift.users.front()))
      input.names.emplace(user->id, user->spec.name);
  return input;
}

// A number as our other tags are.
std::int64_t tag_of(const std::string& body) {
  auto digest = core::sha256(body);
  std::uint64_t x = 0;
  for (std::size_t i = 0; i < 7; ++i)
    x = x << 8 | digest[i];
  return static_cast<std::int64_t>(x);
}

void answer_calendar(const call& c, org_id org, const on_call_books& x, time_range range) {
  auto found = shifts_of_feed(x, range);
  if (!found)
    return c.refuse(found.error());
  auto body = core::ical_feed(input_of(c, org, x, *found));
  auto tag = tag_of(body);
  std::vector<header> headers{{"ETag", call::etag(tag)}};
  if (c.none_match(tag))
    return c.answer({.status = 304, .content_type = {}, .headers = headers, .body = {}});
  c.answer(
      {.status = 200, .content_type = "text/calendar; charset=utf-8", .headers = headers, .body = std::move(body)});
}

error no_calendar() {
  return {errc::not_found, "No such calendar.", {}, {}, {}};
}

// The secret of `<secret>.ics`; nothing tells one that is wrong from one that was revoked.
std::optional<std::string> secret_of(std::string_view file) {
  constexpr std::string_view suffix = ".ics";
  if (!file.ends_with(suffix) || !from_base32(file.substr(0, file.size() - suffix.size())))
    return std::nullopt;
  return std::string{file.substr(0, file.size() - suffix.size())};
}

void read(call c) {
  auto secret = secret_of(c.param("file"));
  if (!secret)
    return c.refuse(no_calendar());
  auto owned = [c, range = range_of_feed(c.with().clock.now())](result<schedule_feed_owner> x) {
    if (!x)
      return c.refuse(x.error());
    auto computed = [c, range, org = x->org](const result<std::vector<on_call_books>>& all) {
      if (!all || all->empty())
        return c.refuse(all ? no_calendar() : all.error());
      answer_calendar(c, org, all->front(), range);
    };
    c.with().queries.on_call(x->org, {x->id}, range.from, range.to,
                             reply_to<std::vector<on_call_books>>{std::move(computed)});
  };
  c.with().queries.feed_owner(core::sha256(*secret), reply_to<schedule_feed_owner>{std::move(owned)});
}

operation calendar_operation() {
  operation op;
  op.method = "GET";
  op.path = "/ical/{file}";
  op.id = "readScheduleFeed";
  op.tag = "Schedules";
  op.summary = "A schedule as a calendar";
  op.doc = "iCalendar (RFC 5545): an event for each shift of each user, in UTC, from the month before this one for "
           "twelve months. Needs no token: the URL is the secret.";
  op.ok = {200, "The calendar.", nullptr, false, true, "text/calendar"};
  op.problems = {404, 422, 503};
  op.run = read;
  return op;
}

} // namespace

operations schedule_feed_operations() {
  operation_table add{schedules};
  add("POST", "/{id}/ical/rotate", "rotateScheduleFeed", true, "Make a calendar feed",
      "A new secret URL, shown this once, for calendars to subscribe to. The one before is good no longer.",
      {200, "The feed.", core::schedule_feed_schema()->info()}, rotate);
  add("DELETE", "/{id}/ical", "deleteScheduleFeed", true, "Revoke a calendar feed",
      "Its URL is good no longer. 404 when there is none.", {204, "It is revoked.", nullptr}, revoke);
  for (auto& op : add.all)
    op.of_a_part = true;
  add.all.push_back(calendar_operation());
  return std::move(add.all);
}

} // namespace gochron::http
