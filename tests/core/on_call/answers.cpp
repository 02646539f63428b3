#include <iostream>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "core/on_call/rotation.hpp"

/// Answers questions about rotations, a line each, for a model in another language to compare with:
/// `<zone> <unit> <length> <anchor as local seconds> <instant in seconds>` is answered with the number of the last
/// hand-off at or before the instant, and the instants of it and the next.
int main() {
  using namespace gochron;
  constexpr std::string_view units[] = {"hour", "day", "week", "month"};
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream in{line};
    std::string zone, unit;
    std::int64_t anchor = 0, at = 0;
    rotation_spec x;
    if (!(in >> zone >> unit >> x.length >> anchor >> at)) {
      std::cerr << "not a question: " << line << '\n';
      return 1;
    }
    auto known = std::find(std::begin(units), std::end(units), unit);
    auto clock = core::local_clock::of(zone);
    if (!clock || known == std::end(units)) {
      std::cout << "unknown\n";
      continue;
    }
    x.unit = static_cast<rotation_unit>(known - std::begin(units));
    x.anchor = local_seconds{seconds{anchor}};
    auto k = core::hand_off_before(x, *clock, timestamp{seconds{at}});
    auto instant = [&](std::int64_t n) { return core::hand_off(x, *clock, n).time_since_epoch() / seconds{1}; };
    std::cout << fmt::format("{} {} {}\n", k, instant(k), instant(k + 1));
  }
}
