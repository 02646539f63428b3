#include "core/bytes.hpp"
#include "core/on_call/ical.hpp"
#include "http/on_call_people.hpp"

/// Calendar feeds, of a schedule or of all shifts of a user: whoever has the URL may read.
namespace gochron::http {
namespace {

using books = std::vector<on_call_books>;
using parts = std::vector<core::ical_input>;

/// More schedules are not in one feed: of them the oldest are.
constexpr std::size_t most_schedules = 100;

/// Where there are too many turns for a year, there is room for fewer months.
constexpr std::array<std::chrono::days, 3> lengths{std::chrono::days{366}, std::chrono::days{92},
                                                   std::chrono::days{62}};

// From the month before this one for twelve months. It begins with a month, so that what began earlier is shown from
// the same instant for a whole month: events keep their UIDs.
time_range range_of_feed(timestamp now) {
  using namespace std::chrono;
  year_month_day today{floor<days>(now)};
  auto first = year_month{today.year(), today.month()} - months{1};
  return {timestamp{sys_days{first / 1}}, std::min(timestamp{sys_days{(first + months{12}) / 1}}, core::last_instant)};
}

// `only`: nobody else's.
result<parts> parts_of(const call& c, const feed_owner& owner, const books& all, time_range range) {
  parts found;
  std::size_t pieces = 0;
  for (const auto& x : all) {
    auto shifts = core::shifts_in(x, range.from, range.to);
    if (!shifts)
      return fail(shifts.error());
    if ((pieces += shifts->size()) > core::most_pieces) // of all together: whoever else reads waits for this
      return fail(errc::invalid, "There are too many shifts for one calendar.");
    core::ical_input part{x.of.id, x.of.name, x.updated_at, core::shifts_by_user(*shifts)};
    if (owner.user)
      std::erase_if(part.shifts, [&](const on_call_shift& s) { return s.users.front() != *owner.user; });
    for (const auto& shift : part.shifts)
      if (auto user = c.with().engine.user(owner.org, shift.users.front()))
        part.names.emplace(user->id, user->spec.name);
    found.push_back(std::move(part));
  }
  return found;
}

// A number as our other tags are.
std::int64_t tag_of(const std::string& body) {
  auto digest = core::sha256(body);
  std::uint64_t x = 0;
  for (std::size_t i = 0; i < 7; ++i)
    x = x << 8 | digest[i];
  return static_cast<std::int64_t>(x);
}

error no_calendar() {
  return {errc::not_found, "No such calendar.", {}, {}, {}};
}

void answer_calendar(const call& c, const feed_owner& owner, const parts& found) {
  auto title = found.empty() ? std::string{} : found.front().name;
  if (owner.user) {
    auto user = c.with().engine.user(owner.org, *owner.user);
    if (!user)
      return c.refuse(no_calendar());
    title = user->spec.name + " on call";
  }
  auto body = core::ical_feed(title, found);
  auto tag = tag_of(body);
  std::vector<header> headers{{"ETag", call::etag(tag)}};
  if (c.none_match(tag))
    return c.answer({.status = 304, .content_type = {}, .headers = headers, .body = {}});
  c.answer(
      {.status = 200, .content_type = "text/calendar; charset=utf-8", .headers = headers, .body = std::move(body)});
}

// Of too much for a year as much as there is room for.
void read_shifts(const call& c, const feed_owner& owner, const std::vector<schedule_id>& ids, time_range range,
                 std::size_t attempt = 0) {
  auto cut = range;
  cut.to = std::min<timestamp>(range.from + lengths[attempt], range.to);
  auto read = [=](const result<books>& all) {
    if (all && all->empty() && !owner.user)
      return c.refuse(no_calendar());
    auto found = all ? parts_of(c, owner, *all, cut) : result<parts>{fail(all.error())};
    if (found)
      return answer_calendar(c, owner, *found);
    if (found.error().code == errc::invalid && attempt + 1 < lengths.size())
      return read_shifts(c, owner, ids, range, attempt + 1);
    c.refuse(found.error());
  };
  c.with().queries.on_call(owner.org, ids, cut.from, cut.to, reply_to<books>{std::move(read)});
}

void read_of_user(const call& c, const feed_owner& owner, time_range range) {
  auto named = [c, owner, range](result<std::vector<schedule_id>> ids) {
    if (!ids)
      return c.refuse(ids.error());
    ids->resize(std::min(ids->size(), most_schedules));
    read_shifts(c, owner, *ids, range);
  };
  c.with().queries.schedules_naming(owner.org, *owner.user, range.from, range.to,
                                    reply_to<std::vector<schedule_id>>{std::move(named)});
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
  auto owned = [c, range = range_of_feed(c.with().clock.now())](const result<feed_owner>& x) {
    if (!x)
      return c.refuse(x.error());
    x->user ? read_of_user(c, *x, range) : read_shifts(c, *x, {x->schedule.value_or(schedule_id{})}, range);
  };
  c.with().queries.owner_of_feed(core::sha256(*secret), reply_to<feed_owner>{std::move(owned)});
}

} // namespace

operations calendar_operations() {
  operation op;
  op.method = "GET";
  op.path = "/ical/{file}";
  op.id = "readScheduleFeed";
  op.tag = "Schedules";
  op.summary = "Shifts as a calendar";
  op.doc =
      "iCalendar (RFC 5545): an event for each shift, in UTC, from the month before this one for twelve months. Of "
      "a schedule with everybody's, of a user with theirs by every schedule, the 100 oldest at most. Needs no "
      "token: the URL is the secret.";
  op.ok = {200, "The calendar.", nullptr, false, true, "text/calendar"};
  op.problems = {404, 422, 503};
  op.run = read;
  operations all;
  all.push_back(std::move(op));
  return all;
}

} // namespace gochron::http
