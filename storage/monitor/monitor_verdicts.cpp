#include "storage/monitor/monitor_verdicts.hpp"

#include "storage/refusals.hpp"
#include "storage/rule/rule_repository.hpp"

namespace gochron::storage {
namespace {

constexpr std::string_view noun = "monitor";

error names_in_vain(const std::vector<std::string>& missing, const std::vector<std::string>& circular) {
  error refused{errc::invalid, "The monitor cannot depend on that.", {}, {}, {}};
  auto pointer = [](const std::string& place) { return "/depends_on/" + place; };
  for (const auto& place : missing)
    refused.violations.push_back({pointer(place), "unknown_id", "No such id."});
  for (const auto& place : circular)
    refused.violations.push_back({pointer(place), "cycle", "It is this monitor, or depends on it."});
  return refused;
}

} // namespace

result<monitor_record> judge_update(const rows& answer, const monitor_record& x) {
  bool changed = false;
  std::optional<std::int64_t> present;
  row_reader{answer, 0} >> changed >> present;
  return judge_edit(changed, present, x.version, noun).map([&] { return x; });
}

result<monitor_record> judge_dependent(const rows& answer, const monitor_record& x) {
  bool changed = false;
  std::optional<std::int64_t> present;
  std::vector<std::string> missing, circular;
  row_reader{answer, 0} >> changed >> present >> missing >> circular;
  bool as_read = present && *present == x.version - 1; // otherwise that is what is wrong
  if (!changed && as_read && missing.size() + circular.size() > 0)
    return fail(names_in_vain(missing, circular));
  return judge_edit(changed, present, x.version, noun).map([&] { return x; });
}

result<monitor_record> judge_create(const rows& answer, const monitor_record& x) {
  bool made = false;
  std::vector<std::string> missing;
  row_reader{answer, 0} >> made >> missing;
  if (!missing.empty())
    return fail(names_in_vain(missing, {}));
  return made ? result<monitor_record>{x} : fail(key_taken(noun));
}

result<void> judge_remove(const rows& answer) {
  std::int64_t deleted = 0;
  std::vector<rule_id> rules;
  std::vector<monitor_id> dependents;
  row_reader{answer, 0} >> deleted >> rules >> dependents;
  if (deleted == 1)
    return {};
  if (rules.empty() && dependents.empty())
    return fail(no_such(noun));
  error blocked{errc::conflict, "Alert rules name this monitor, or monitors depend on it.", {}, {}, {}};
  for (const auto& id : rules)
    blocked.blocked_by.push_back(id.str());
  for (const auto& id : dependents)
    blocked.blocked_by.push_back(id.str());
  return fail(std::move(blocked));
}

// A row for the monitor itself, and one for each rule that names it.
result<expiry> judge_expiry(const rows& answer) {
  expiry x;
  bool there = false;
  row_reader{answer, 0} >> x.done >> there >> x.dependents;
  if (!x.done && !there)
    return fail(no_such(noun));
  for (int i = 1; !x.done && i < answer.size(); ++i) {
    row_reader in{answer, i};
    auto rule = rule_from_row(in.skip().skip().skip());
    if (!rule)
      return fail(rule.error());
    x.named_by.push_back(std::move(*rule));
  }
  return x;
}

} // namespace gochron::storage
