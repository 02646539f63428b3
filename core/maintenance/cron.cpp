#include "core/maintenance/cron.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include <fmt/format.h>

namespace gochron::core {
namespace {

using fault = tl::unexpected<std::string>;

constexpr std::string_view months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct field {
  std::string_view name;
  int min = 0, max = 0;
  std::span<const std::string_view> names = {}; ///< of `min` and those after it
};

constexpr field fields[] = {{"minute", 0, 59},
                            {"hour", 0, 23},
                            {"day of month", 1, 31},
                            {"month", 1, 12, months},
                            {"day of week", 0, 7, weekdays}};

struct alias {
  std::string_view name, meaning;
};
constexpr alias aliases[] = {{"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
                             {"@weekly", "0 0 * * 0"},  {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
                             {"@annually", "0 0 1 1 *"}};

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  for (auto end = text.find_first_of(at);; end = text.find_first_of(at)) {
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

std::string lower(std::string_view text) {
  std::string x{text};
  std::ranges::transform(x, x.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return x;
}

std::optional<int> number(std::string_view text) {
  int n = 0;
  auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), n);
  bool digits = !text.empty() && text.size() <= 4 && text.front() != '-';
  return digits && wrong == std::errc{} && end == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

std::optional<int> value(std::string_view text, const field& of) {
  if (auto it = std::ranges::find(of.names, lower(text)); it != of.names.end())
    return of.min + static_cast<int>(it - of.names.begin());
  auto n = number(text);
  return n && *n >= of.min && *n <= of.max ? n : std::nullopt;
}

struct stretch {
  int from = 0, to = 0, step = 1;
};

tl::expected<stretch, std::string> read_stretch(std::string_view text, const field& of) {
  auto slash = text.find('/');
  auto range = text.substr(0, slash);
  auto dash = range.find('-');
  stretch x{of.min, of.max, 1};
  if (range != "*") {
    auto from = value(range.substr(0, dash), of);
    auto last = dash == std::string_view::npos ? from : value(range.substr(dash + 1), of);
    if (last == 0 && from && *from > 0 && of.max == 7)
      last = 7; // `sat-sun`
    if (!from || !last)
      return fault{fmt::format("`{}` is nothing that a {} can be.", range, of.name)};
    if (*from > *last)
      return fault{fmt::format("`{}` ends before it begins.", range)};
    x = {*from, *last, 1};
  }
  if (slash == std::string_view::npos)
    return x;
  auto step = number(text.substr(slash + 1));
  if (range != "*" && dash == std::string_view::npos)
    return fault{fmt::format("`{}` has a step without a range.", text)};
  if (!step || *step < 1 || *step > of.max)
    return fault{fmt::format("`{}` has a step that is none.", text)};
  x.step = *step;
  return x;
}

template <std::size_t N>
tl::expected<void, std::string> read_field(std::string_view text, const field& of, std::bitset<N>& to,
                                           bool* last = nullptr) {
  for (auto part : split(text, ",")) {
    if (last && (part == "L" || part == "l")) {
      *last = true;
      continue;
    }
    auto x = read_stretch(part, of);
    if (!x)
      return fault{std::move(x.error())};
    for (int n = x->from; n <= x->to; n += x->step)
      to.set(static_cast<std::size_t>(n));
  }
  return {};
}

std::vector<std::string_view> words(std::string_view text) {
  auto all = split(text, " \t");
  std::erase(all, std::string_view{});
  return all;
}

} // namespace

tl::expected<cron_expression, std::string> cron_expression::parse(std::string_view text) {
  auto all = words(text);
  if (all.size() == 1 && all[0].starts_with('@')) {
    auto it = std::ranges::find(aliases, lower(all[0]), &alias::name);
    if (it == std::end(aliases))
      return fault{fmt::format("There is no `{}`.", all[0])};
    all = words(it->meaning);
  }
  if (all.size() != std::size(fields))
    return fault{fmt::format("Expected five fields, got {}.", all.size())};
  cron_expression x;
  std::bitset<60> minutes;
  std::bitset<24> hours;
  for (auto read : {read_field(all[0], fields[0], minutes), read_field(all[1], fields[1], hours),
                    read_field(all[2], fields[2], x.days_, &x.last_day_), read_field(all[3], fields[3], x.months_),
                    read_field(all[4], fields[4], x.weekdays_)})
    if (!read)
      return fault{std::move(read.error())};
  x.any_day_ = all[2].front() == '*';
  x.any_weekday_ = all[4].front() == '*';
  x.weekdays_[0] = x.weekdays_[0] || x.weekdays_[7];
  for (std::size_t h = 0; h < hours.size(); ++h)
    for (std::size_t m = 0; m < minutes.size(); ++m)
      if (hours[h] && minutes[m])
        x.times_.emplace_back(static_cast<long>(h * 60 + m));
  return x;
}

bool cron_expression::on(std::chrono::local_days day) const {
  std::chrono::year_month_day date{day};
  if (!months_[static_cast<unsigned>(date.month())])
    return false;
  auto last = (date.year() / date.month() / std::chrono::last).day();
  bool of_month = days_[static_cast<unsigned>(date.day())] || (last_day_ && date.day() == last);
  bool of_week = weekdays_[std::chrono::weekday{day}.c_encoding()];
  return any_day_ || any_weekday_ ? of_month && of_week : of_month || of_week;
}

} // namespace gochron::core
