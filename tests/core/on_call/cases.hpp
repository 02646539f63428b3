#pragma once
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "core/on_call/timetable.hpp"
#include "core/schema/time.hpp"

/// Words for cases about who is on call.
namespace gochron::core::on_call_cases {

using namespace std::chrono_literals;

inline timestamp utc(std::string_view text) {
  auto t = parse_rfc3339(text);
  REQUIRE(t.has_value());
  return *t;
}

/// `2026-01-05T09:00:00`
inline local_seconds local(std::string_view text) {
  return local_seconds{std::chrono::floor<seconds>(utc(std::string{text} + "Z").time_since_epoch())};
}

/// The user with this number.
inline user_id user(std::uint8_t n) {
  user_id x;
  x.value.bytes.fill(1);
  x.value.bytes[15] = n;
  return x;
}

inline schedule_layer weekly(std::string_view anchor, std::initializer_list<std::uint8_t> users) {
  schedule_layer x;
  x.key = x.name = "weekly";
  x.rotation.anchor = local(anchor);
  for (auto n : users)
    x.members.push_back({user(n)});
  return x;
}

inline schedule_spec schedule(std::string zone, std::vector<schedule_layer> layers) {
  schedule_spec x;
  x.name = "Primary";
  x.time_zone = std::move(zone);
  x.layers = std::move(layers);
  return x;
}

inline on_call_books books(const schedule_spec& x, timestamp from = utc("2000-01-01T00:00:00Z")) {
  on_call_books b;
  b.of.name = x.name;
  b.of.revisions.push_back(first_revision(x, from));
  return b;
}

inline std::vector<user_id> nobody() {
  return {};
}

inline std::vector<user_id> just(std::uint8_t n) {
  return {user(n)};
}

} // namespace gochron::core::on_call_cases
