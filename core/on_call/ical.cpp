#include "core/on_call/ical.hpp"

#include <fmt/format.h>

namespace gochron::core {
namespace {

// Lines are at most 75 octets without their end (RFC 5545, 3.1); no character is torn.
void put_line(std::string& to, std::string_view line) {
  std::size_t room = 75;
  while (line.size() > room) {
    auto cut = room;
    while ((static_cast<unsigned char>(line[cut]) & 0xc0) == 0x80)
      --cut;
    to.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = 74; // the space counts
  }
  to.append(line).append("\r\n");
}

// TEXT (3.3.11). What controls a line has no form there.
std::string text(std::string_view x) {
  std::string out;
  for (char c : x) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\\' || c == ';' || c == ',')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
      out += c;
  }
  return out;
}

std::string utc(timestamp x) {
  auto day = std::chrono::floor<std::chrono::days>(x);
  std::chrono::year_month_day date{day};
  std::chrono::hh_mm_ss time{std::chrono::floor<seconds>(x - day)};
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

void put_event(std::string& to, const ical_input& x, const on_call_shift& shift) {
  const auto& user = shift.users.front();
  auto it = x.names.find(user);
  auto who = it == x.names.end() ? user.str() : it->second;
  put_line(to, "BEGIN:VEVENT");
  put_line(to, fmt::format("UID:{}-{}-{}@gochron", x.id.str(), user.str(), utc(shift.from)));
  put_line(to, "DTSTAMP:" + utc(x.updated_at));
  put_line(to, "DTSTART:" + utc(shift.from));
  put_line(to, "DTEND:" + utc(shift.to));
  put_line(to, "SUMMARY:" + text(who + " on call: " + x.name));
  put_line(to, "TRANSP:TRANSPARENT");
  put_line(to, "END:VEVENT");
}

} // namespace

std::string ical_feed(const ical_input& x) {
  return ical_feed(x.name, {x});
}

std::string ical_feed(std::string_view name, const std::vector<ical_input>& parts) {
  std::string out;
  put_line(out, "BEGIN:VCALENDAR");
  put_line(out, "VERSION:2.0");
  put_line(out, "PRODID:-//gochron//on-call schedules//EN");
  put_line(out, "CALSCALE:GREGORIAN");
  put_line(out, "X-WR-CALNAME:" + text(name));
  for (const auto& x : parts)
    for (const auto& shift : x.shifts)
      if (std::chrono::floor<seconds>(shift.from) < std::chrono::floor<seconds>(shift.to)) // an event has a length
        put_event(out, x, shift);
  put_line(out, "END:VCALENDAR");
  return out;
}

} // namespace gochron::core
