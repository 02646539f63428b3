#include <charconv>
#include <iostream>
#include <sstream>
#include <string>

#include "core/maintenance/book.hpp"
#include "core/schema/time.hpp"

/// Answers for maintenance_model.py. A line: zone|kind|what|start|duration|excluded|from|to, times in seconds (local
/// ones as if they were UTC), `what` the days of the week or the month, the expression or the rule. Its answer: from-to
/// of each occurrence.
using namespace gochron;

namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in{text};
  for (std::string part; std::getline(in, part, at);)
    parts.push_back(part);
  return parts;
}

std::int64_t number(const std::string& text) {
  return std::stoll(text);
}

maintenance_window_spec spec_of(const std::vector<std::string>& x) {
  maintenance_window_spec s;
  s.time_zone = x[0];
  auto start = number(x[3]);
  seconds duration{number(x[4])};
  auto minutes = std::chrono::minutes{start / 60};
  if (x[1] == "weekly") {
    s.weekly = {{}, minutes, duration};
    for (const auto& d : split(x[2], ','))
      s.weekly->weekdays.push_back(static_cast<weekday>(number(d)));
  } else if (x[1] == "monthly") {
    s.monthly = {{}, minutes, duration};
    for (const auto& d : split(x[2], ','))
      s.monthly->days_of_month.push_back(static_cast<std::int32_t>(number(d)));
  } else if (x[1] == "cron")
    s.cron = {x[2], duration};
  else {
    s.rrule = {x[2], local_seconds{seconds{start}}, duration, {}};
    for (const auto& d : split(x[5], ','))
      s.rrule->exclude.emplace_back(seconds{number(d)});
  }
  return s;
}

} // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    auto x = split(line, '|');
    for (const auto& o :
         core::occurrences_between(spec_of(x), timestamp{seconds{number(x[6])}}, timestamp{seconds{number(x[7])}}))
      std::cout << std::chrono::floor<seconds>(o.from).time_since_epoch().count() << '-'
                << std::chrono::floor<seconds>(o.to).time_since_epoch().count() << ' ';
    std::cout << '\n';
  }
}
