#include "core/listening.hpp"

#include <catch2/catch.hpp>

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

namespace {

constexpr timestamp at(int minute) {
  return timestamp{1'700'000'000'000ms} + std::chrono::minutes{minute};
}

std::vector<observation_gap> holes(std::initializer_list<std::pair<int, int>> xs) {
  std::vector<observation_gap> all;
  for (auto [from, to] : xs)
    all.push_back({at(from), at(to)});
  return all;
}

} // namespace

TEST_CASE("what was not observed is the part of the gaps inside") {
  auto all = holes({{10, 20}, {30, 31}, {50, 60}});
  CHECK(unobserved(all, at(0), at(100)) == 21min);
  CHECK(unobserved(all, at(0), at(10)) == 0min);
  CHECK(unobserved(all, at(15), at(100)) == 16min);
  CHECK(unobserved(all, at(15), at(17)) == 2min);
  CHECK(unobserved(all, at(20), at(30)) == 0min);
  CHECK(unobserved(all, at(55), at(40)) == 0min);
  CHECK(unobserved({}, at(0), at(100)) == 0min);
}

TEST_CASE("time that is observed leaves the gaps out") {
  auto all = holes({{10, 20}, {30, 31}, {50, 60}});
  CHECK(after_observed(all, at(0), 5min) == at(5));
  CHECK(after_observed(all, at(0), 10min) == at(10));
  CHECK(after_observed(all, at(0), 11min) == at(21));
  CHECK(after_observed(all, at(12), 1min) == at(21));
  CHECK(after_observed(all, at(0), 20min) == at(30));
  CHECK(after_observed(all, at(0), 39min) == at(50));
  CHECK(after_observed(all, at(0), 40min) == at(61));
  CHECK(after_observed(all, at(60), 7min) == at(67));
}

TEST_CASE("an expectation fails when it was listened for to its end") {
  struct row {
    const char* what;
    std::vector<observation_gap> all;
    int fails;
  };
  // Signalled at 0, expected from 60 on, fails at 70; after a gap that may have hidden it, 70 more minutes.
  auto [what, all, fails] = GENERATE(values<row>({
      {"no gap", {}, 70},
      {"a gap long before, over when the signal is expected", holes({{10, 12}}), 72},
      {"a gap that ends when the signal is expected", holes({{50, 60}}), 80},
      {"a gap over the expected instant", holes({{59, 61}}), 131},
      {"a gap inside the grace", holes({{65, 66}}), 136},
      {"a gap that begins at the end", holes({{70, 90}}), 70},
      {"a gap of a day in the middle", holes({{30, 30 + 1440}}), 30 + 1440 + 70},
      {"a second gap prolongs by its own length only", holes({{59, 61}, {100, 110}}), 141},
      {"a restart in each expected stretch", holes({{65, 66}, {125, 126}, {185, 186}}), 137},
  }));
  CAPTURE(what);
  expectation x{at(0), at(60), 70min, 70min};
  CHECK(fails_at(all, x) == at(fails));
}
