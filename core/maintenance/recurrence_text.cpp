#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "core/maintenance/recurrence.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

using fault = tl::unexpected<std::string>;
using outcome = tl::expected<void, std::string>;

constexpr std::string_view weekday_names[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

std::optional<int> number(std::string_view text) {
  if (text.starts_with('+'))
    text.remove_prefix(1);
  int n = 0;
  auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), n);
  bool whole = !text.empty() && text.size() <= 6 && wrong == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional{n} : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (auto end = text.find(at);; end = text.find(at)) {
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<unsigned> weekday_of(std::string_view text) {
  auto it = std::ranges::find(weekday_names, text);
  if (it == std::end(weekday_names))
    return std::nullopt;
  return static_cast<unsigned>(it - std::begin(weekday_names));
}

struct bounds {
  int min, max;
  bool but_zero = false;
};

outcome read_list(std::string_view name, std::string_view text, bounds in, std::vector<int>& to) {
  std::set<int> all;
  for (auto part : split(text, ',')) {
    auto n = number(part);
    if (!n || *n < in.min || *n > in.max || (in.but_zero && *n == 0))
      return fault{fmt::format("`{}` is nothing that {} can have.", part, name)};
    all.insert(*n);
  }
  to.assign(all.begin(), all.end());
  return {};
}

outcome read_one(std::string_view name, std::string_view text, bounds in, int& to) {
  auto n = number(text);
  if (!n || *n < in.min || *n > in.max)
    return fault{fmt::format("{} must be from {} to {}.", name, in.min, in.max)};
  to = *n;
  return {};
}

} // namespace

/// Reads one part after the other, then what they are together.
class rule_reader {
public:
  outcome read(std::string_view text) {
    if (text.starts_with("RRULE:"))
      text.remove_prefix(6);
    for (auto part : split(text, ';')) {
      auto equals = part.find('=');
      auto name = part.substr(0, equals);
      if (equals == std::string_view::npos)
        return fault{fmt::format("`{}` is no NAME=VALUE.", part)};
      if (!seen_.insert(name).second)
        return fault{fmt::format("{} stands there twice.", name)};
      if (auto done = read_part(name, part.substr(equals + 1)); !done)
        return done;
    }
    return check();
  }

  recurrence_rule rule;

private:
  using unit = recurrence_rule::unit;

  outcome read_part(std::string_view name, std::string_view text) {
    if (name == "FREQ")
      return read_unit(text);
    if (name == "UNTIL")
      return read_until(text);
    if (name == "COUNT")
      return read_one(name, text, {1, 10'000}, rule.count_.emplace());
    if (name == "INTERVAL")
      return read_one(name, text, {1, 1'000}, rule.interval_);
    if (name == "WKST")
      return read_week_start(text);
    if (name == "BYDAY")
      return read_weekdays(text);
    if (name == "BYMONTH")
      return read_list(name, text, {1, 12}, rule.months_);
    if (name == "BYMONTHDAY")
      return read_list(name, text, {-31, 31, true}, rule.month_days_);
    if (name == "BYYEARDAY")
      return read_list(name, text, {-366, 366, true}, rule.year_days_);
    if (name == "BYHOUR")
      return read_list(name, text, {0, 23}, rule.hours_);
    if (name == "BYMINUTE")
      return read_list(name, text, {0, 59}, rule.minutes_);
    if (name == "BYSECOND")
      return read_list(name, text, {0, 59}, rule.seconds_);
    if (name == "BYSETPOS")
      return read_list(name, text, {-366, 366, true}, rule.positions_);
    return fault{fmt::format("`{}` is not understood here.", name)};
  }

  outcome read_unit(std::string_view text) {
    constexpr std::string_view names[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    auto it = std::ranges::find(names, text);
    if (it == std::end(names))
      return fault{"FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY; for more a day there is BYHOUR."};
    rule.unit_ = static_cast<unit>(it - std::begin(names));
    return {};
  }

  outcome read_week_start(std::string_view text) {
    auto day = weekday_of(text);
    if (!day)
      return fault{fmt::format("`{}` is no weekday.", text)};
    rule.week_start_ = *day;
    return {};
  }

  outcome read_weekdays(std::string_view text) {
    for (auto part : split(text, ',')) {
      auto name = part.size() >= 2 ? part.substr(part.size() - 2) : part;
      auto day = weekday_of(name);
      auto before = part.substr(0, part.size() - std::min<std::size_t>(part.size(), 2));
      auto n = before.empty() ? std::optional{0} : number(before);
      if (!day || !n || (!before.empty() && *n == 0) || *n < -53 || *n > 53)
        return fault{fmt::format("`{}` is no weekday.", part)};
      rule.weekdays_.push_back({*n, *day});
    }
    return rule.weekdays_.size() <= 100 ? outcome{} : fault{"BYDAY has too many."};
  }

  // 20261231, which is that whole day; 20261231T235959 by the local clock; 20261231T235959Z.
  outcome read_until(std::string_view text) {
    auto utc = text.ends_with('Z');
    auto local = std::string{text.substr(0, text.size() - (utc ? 1 : 0))};
    if (local.size() == 8 && !utc)
      local += "T235959";
    bool shaped = local.size() == 15 && local[8] == 'T';
    auto at = shaped ? parse_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", local.substr(0, 4), local.substr(4, 2),
                                                 local.substr(6, 2), local.substr(9, 2), local.substr(11, 2),
                                                 local.substr(13, 2)))
                     : std::nullopt;
    if (!at)
      return fault{"UNTIL must be as 20261231, 20261231T235959 or 20261231T235959Z."};
    auto whole = std::chrono::floor<std::chrono::seconds>(*at);
    utc ? void(rule.until_utc_ = whole) : void(rule.until_ = local_seconds{whole.time_since_epoch()});
    return {};
  }

  outcome check() const {
    bool numbered = std::ranges::any_of(rule.weekdays_, [](const auto& x) { return x.n != 0; });
    if (!seen_.contains("FREQ"))
      return fault{"FREQ is missing."};
    if (seen_.contains("COUNT") && seen_.contains("UNTIL"))
      return fault{"Either COUNT or UNTIL."};
    if (numbered && rule.unit_ < unit::month)
      return fault{"A number before a weekday needs FREQ=MONTHLY or FREQ=YEARLY."};
    if (!rule.month_days_.empty() && rule.unit_ == unit::week)
      return fault{"BYMONTHDAY does not go with FREQ=WEEKLY."};
    if (!rule.year_days_.empty() && rule.unit_ != unit::year)
      return fault{"BYYEARDAY needs FREQ=YEARLY."};
    if (!rule.positions_.empty() && seen_.size() < 3)
      return fault{"BYSETPOS needs another BY part."};
    return {};
  }

  std::set<std::string_view> seen_;
};

tl::expected<recurrence_rule, std::string> recurrence_rule::parse(std::string_view text) {
  rule_reader r;
  if (auto done = r.read(text); !done)
    return fault{std::move(done.error())};
  return std::move(r.rule);
}

} // namespace gochron::core
