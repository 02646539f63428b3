#include "cases.hpp"
#include "core/on_call/ical.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace gochron::core::on_call_cases;

namespace {

ical_input input(std::string name, std::string who) {
  ical_input x;
  x.name = std::move(name);
  x.updated_at = utc("2026-01-01T00:00:00Z");
  x.shifts = {{utc("2026-01-05T09:00:00Z"), utc("2026-01-12T09:00:00Z"), just(1)}};
  x.names = {{user(1), std::move(who)}};
  return x;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find("\r\n", at);
    REQUIRE(end != std::string::npos);
    all.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return all;
}

std::string unfolded(std::string text) {
  for (auto at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at))
    text.erase(at, 3);
  return text;
}

} // namespace

TEST_CASE("a shift is an event in UTC, the same bytes for the same shifts") {
  auto feed = ical_feed(input("Primary", "Ada"));
  CHECK(feed == ical_feed(input("Primary", "Ada")));
  auto text = unfolded(feed);
  CHECK(text.find("\r\nDTSTART:20260105T090000Z\r\nDTEND:20260112T090000Z\r\nSUMMARY:Ada on call: Primary\r\n") !=
        std::string::npos);
  CHECK(text.find("\r\nDTSTAMP:20260101T000000Z\r\n") != std::string::npos);
}

TEST_CASE("several schedules are one calendar, each event with the name of its own") {
  auto first = input("Primary", "Ada"), second = input("Database; all", "Ada");
  second.id = schedule_id::make(utc("2026-01-01T00:00:00Z"));
  auto text = unfolded(ical_feed("Ada on call", {first, second}));
  CHECK(text.find("X-WR-CALNAME:Ada on call\r\n") != std::string::npos);
  CHECK(text.find("SUMMARY:Ada on call: Primary\r\n") != std::string::npos);
  CHECK(text.find("SUMMARY:Ada on call: Database\\; all\r\n") != std::string::npos);
  CHECK(text.find("UID:" + second.id.str()) != std::string::npos);
  CHECK(text.find("BEGIN:VCALENDAR", 1) == std::string::npos);
  CHECK(ical_feed("", {}).find("BEGIN:VEVENT") == std::string::npos);
}

TEST_CASE("lines are folded at 75 octets, and no character is torn") {
  std::string name;
  for (int i = 0; i < 100; ++i)
    name += "ä€𝄞";
  auto feed = ical_feed(input(name, "Ada"));
  for (const auto& line : lines_of(feed)) {
    CHECK(line.size() <= 75);
    auto first = static_cast<unsigned char>(line[line.starts_with(' ') ? 1 : 0]);
    CHECK((first & 0xc0) != 0x80);
  }
  CHECK(unfolded(feed).find("SUMMARY:Ada on call: " + name + "\r\n") != std::string::npos);
}

TEST_CASE("text cannot end its line or add one") {
  auto feed = unfolded(ical_feed(input("a,b;c\\d\r\nBEGIN:VEVENT", "Eve\nX")));
  CHECK(feed.find("SUMMARY:Eve\\nX on call: a\\,b\\;c\\\\d\\nBEGIN:VEVENT\r\n") != std::string::npos);
}

TEST_CASE("a shift of less than a second is no event") {
  auto x = input("Primary", "Ada");
  x.shifts[0].to = x.shifts[0].from + 999ms;
  CHECK(ical_feed(x).find("VEVENT") == std::string::npos);
}
