#include <catch2/catch.hpp>

#include "core/schema/incident_bulk.hpp"

using namespace gochron;
using namespace std::chrono_literals;

namespace {

constexpr auto first = "inc_01kdz0c3v8e7q9b5n2m4x6y8za", second = "inc_01kdz0c3v8e7q9b5n2m4x6y8zb";

std::string body(std::initializer_list<std::string_view> ids, std::string_view more = {}) {
  std::string text;
  for (auto id : ids)
    (((text += text.empty() ? "" : ",") += '"') += id) += '"';
  return "{\"incident_ids\":[" + text + "]" + std::string{more} + "}";
}

std::vector<std::string> faults(const error& e) {
  std::vector<std::string> all;
  for (const auto& x : e.violations)
    all.push_back(x.pointer + ' ' + x.code);
  return all;
}

} // namespace

TEST_CASE("many incidents stay in the order in which they were named") {
  auto read = core::read_body(*core::incident_bulk_action_schema(), body({second, first}, R"(,"note":"One switch.")"));
  REQUIRE(read);
  CHECK(read->incidents == std::vector{*incident_id::parse(second), *incident_id::parse(first)});
  CHECK(read->how.note == "One switch.");
}

TEST_CASE("an incident that is named twice is refused, and so is none") {
  auto twice = core::read_body(*core::incident_bulk_action_schema(), body({first, second, first}));
  REQUIRE_FALSE(twice);
  CHECK(faults(twice.error()) == std::vector<std::string>{"/incident_ids/2 duplicate"});
  auto none = core::read_body(*core::incident_bulk_action_schema(), body({}));
  REQUIRE_FALSE(none);
  CHECK(faults(none.error()) == std::vector<std::string>{"/incident_ids too_few_items"});
}

TEST_CASE("many are snoozed by the rules of one") {
  const auto& schema = *core::incident_bulk_snooze_schema();
  auto both = core::read_body(schema, body({first}, R"(,"seconds":60,"until":"2026-01-31T12:00:00.000Z")"));
  REQUIRE_FALSE(both);
  CHECK(faults(both.error()) == std::vector<std::string>{"/seconds inconsistent"});
  auto read = core::read_body(schema, body({first}, R"(,"seconds":60)"));
  REQUIRE(read);
  CHECK(read->how.length == seconds{60});
}

TEST_CASE("a snooze ends in the seven days to come") {
  timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}};
  core::snooze_action by_length{{}, seconds{60}, {}};
  CHECK(core::end_of(by_length, now) == timestamp{now + 60s});
  for (auto until : {now, now - 1ms, now + core::longest_snooze + 1ms}) {
    auto x = core::end_of({until, {}, {}}, now);
    REQUIRE_FALSE(x);
    CHECK(faults(x.error()) == std::vector<std::string>{"/until out_of_range"});
  }
  CHECK(core::end_of({now + core::longest_snooze, {}, {}}, now) == timestamp{now + core::longest_snooze});
}
