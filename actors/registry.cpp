#include "actors/registry.hpp"

#include <algorithm>
#include <utility>

namespace gochron::actors {
namespace {

template <class Rows, class Id>
auto row_of(Rows& rows, Id id) {
  return std::find_if(rows.begin(), rows.end(), [id](const auto& x) { return x.id == id; });
}

template <class Rows, class Row>
void put_row(Rows& rows, Row row) {
  if (auto it = row_of(rows, row.id); it != rows.end())
    *it = std::move(row);
  else
    rows.push_back(std::move(row));
}

} // namespace

template <class F>
void alert_registry::change(org_id org, F f) {
  std::unique_lock lock{mutex_};
  auto& book = books_[org];
  auto next = book ? std::make_shared<core::alert_book>(*book) : std::make_shared<core::alert_book>();
  auto before = next->check_rules;
  f(*next);
  checks_ += next->check_rules - before; // wraps around, which subtracts
  book = std::move(next);
}

alert_registry::snapshot alert_registry::of(org_id org) const {
  static const auto nothing = std::make_shared<const core::alert_book>();
  std::shared_lock lock{mutex_};
  auto it = books_.find(org);
  return it == books_.end() ? nothing : it->second;
}

bool alert_registry::has_checks(org_id org) const {
  return checks_.load(std::memory_order_relaxed) > 0 && of(org)->check_rules > 0;
}

void alert_registry::put(const alert_rule_record& x) {
  change(x.org, [&](core::alert_book& book) { core::put_rule(book, x); });
}

void alert_registry::put(const channel_record& x) {
  change(x.org, [&](core::alert_book& book) { put_row(book.channels, core::brief_of(x)); });
}

void alert_registry::put(std::shared_ptr<const escalation_policy_record> x) {
  auto org = x->org;
  change(org, [&](core::alert_book& book) {
    auto it = std::ranges::find(book.policies, x->id, [](const auto& p) { return p->id; });
    if (it != book.policies.end())
      *it = std::move(x);
    else
      book.policies.push_back(std::move(x));
  });
}

void alert_registry::erase(org_id org, rule_id id) {
  change(org, [id](core::alert_book& book) { core::erase_rule(book, id); });
}

void alert_registry::erase(org_id org, channel_id id) {
  change(org, [id](core::alert_book& book) { std::erase_if(book.channels, [id](auto& x) { return x.id == id; }); });
}

void alert_registry::erase(org_id org, policy_id id) {
  change(org, [id](core::alert_book& book) { std::erase_if(book.policies, [id](auto& x) { return x->id == id; }); });
}

std::optional<alert_rule_record> alert_registry::rule(org_id org, rule_id id) const {
  auto book = of(org);
  auto it = row_of(book->rules, id);
  return it == book->rules.end() ? std::nullopt : std::optional{*it};
}

void alert_registry::put(const notification_rule_record& x) {
  change(x.org, [&](core::alert_book& book) {
    auto& rules = book.notification_rules;
    std::erase_if(rules, [&](const auto& r) { return r.id == x.id; });
    auto before = [](const notification_rule_record& a, const notification_rule_record& b) {
      return std::pair{a.spec.delay, a.id} < std::pair{b.spec.delay, b.id};
    };
    rules.insert(std::ranges::upper_bound(rules, x, before), x);
  });
}

void alert_registry::erase(org_id org, notification_rule_id id) {
  change(org, [id](core::alert_book& book) {
    std::erase_if(book.notification_rules, [id](auto& x) { return x.id == id; });
  });
}

std::optional<notification_rule_record> alert_registry::find(org_id org, notification_rule_id id) const {
  auto book = of(org);
  auto it = row_of(book->notification_rules, id);
  return it == book->notification_rules.end() ? std::nullopt : std::optional{*it};
}

void alert_registry::put(const team_record& x) {
  change(x.org, [&](core::alert_book& book) {
    std::erase_if(book.teams, [&](const auto& t) { return t->id == x.id; });
    book.teams.push_back(std::make_shared<const team_record>(x));
  });
}

void alert_registry::erase(org_id org, team_id id) {
  change(org, [id](core::alert_book& book) { std::erase_if(book.teams, [id](auto& x) { return x->id == id; }); });
}

std::optional<team_record> alert_registry::find(org_id org, team_id id) const {
  auto book = of(org);
  auto it = std::ranges::find(book->teams, id, [](const auto& t) { return t->id; });
  return it == book->teams.end() ? std::nullopt : std::optional{**it};
}

void hushed_monitors::put(org_id org, monitor_id id) {
  std::lock_guard lock{mutex_};
  all_[org].insert(id);
}

void hushed_monitors::erase(org_id org, monitor_id id) {
  std::lock_guard lock{mutex_};
  auto of = all_.find(org);
  if (of != all_.end() && of->second.erase(id) > 0 && of->second.empty())
    all_.erase(of);
}

std::vector<monitor_id> hushed_monitors::of(org_id org) const {
  std::lock_guard lock{mutex_};
  auto found = all_.find(org);
  return found == all_.end() ? std::vector<monitor_id>{}
                             : std::vector<monitor_id>{found->second.begin(), found->second.end()};
}

void incident_numbers::start_after(org_id org, std::int64_t last) {
  std::lock_guard guard{mutex_};
  last_[org] = std::max(last_[org], last);
}

std::int64_t incident_numbers::next(org_id org) {
  std::lock_guard guard{mutex_};
  return ++last_[org];
}

void policy_turns::start_after(policy_id policy, std::int64_t last) {
  std::lock_guard guard{mutex_};
  last_[policy] = std::max(last_[policy], last);
}

std::int64_t policy_turns::next(policy_id policy) {
  std::lock_guard guard{mutex_};
  return ++last_[policy];
}

std::int64_t policy_turns::last(policy_id policy) const {
  std::lock_guard guard{mutex_};
  auto it = last_.find(policy);
  return it == last_.end() ? 0 : it->second;
}

} // namespace gochron::actors
