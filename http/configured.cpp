#include "http/configured.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gochron::http {

std::optional<timestamp> horizon_of(const call& c) {
  auto limits = c.with().engine.limits(c.org());
  if (!limits || !limits->plan->history_days)
    return std::nullopt;
  return c.with().clock.now() - std::chrono::days{*limits->plan->history_days};
}
namespace {

// In the order of list_sort.
constexpr std::string_view sort_names[] = {"created_at", "-created_at", "name", "-name", "updated_at", "-updated_at"};

} // namespace

std::vector<parameter> configured_parameters(const noun& of, const std::string& searched, std::vector<parameter> more) {
  std::vector<parameter> all{
      ids_parameter(of.prefix),
      {"q", "Only those with this text in " + searched + ", whatever its case."},
      {"key", "Only the one with this key."},
      time_parameter("updated_since", "Only those edited at or after this time."),
      {"sort", "The order; `-` turns it round.",
       R"({"type":"string","enum":["created_at","-created_at","name","-name","updated_at","-updated_at"],)"
       R"("default":"created_at"})"},
  };
  std::move(more.begin(), more.end(), std::back_inserter(all));
  return list_parameters(std::move(all));
}

list_sort sort_of(query_reader& q) {
  auto wanted = q.text("sort");
  if (!wanted)
    return list_sort::created_at;
  auto it = std::find(std::begin(sort_names), std::end(sort_names), *wanted);
  if (it == std::end(sort_names)) {
    q.wrong("sort", "not_one_of", "Not an order of this list.");
    return list_sort::created_at;
  }
  return static_cast<list_sort>(it - std::begin(sort_names));
}

error changed_since(std::string_view noun, std::int64_t version) {
  return {errc::stale, fmt::format("{} has changed: its version is {}.", noun, version), {}, {}, {}};
}

} // namespace gochron::http
