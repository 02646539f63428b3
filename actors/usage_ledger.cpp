#include "actors/usage_ledger.hpp"

#include <mutex>
#include <utility>

#include <fmt/format.h>

namespace gochron::actors {
namespace {

constexpr std::array<std::string_view, countables> called{
    "monitors", "channels", "alert rules", "users", "tokens", "escalation policies", "maintenance windows", "teams"};

constexpr std::size_t place(countable x) {
  return static_cast<std::size_t>(x);
}

} // namespace

struct usage_ledger::book {
  struct account {
    std::optional<organization> of;
    std::array<std::int64_t, countables> used{};
    std::int64_t under_way = 0; ///< tokens that are being made or removed
    bool tokens_moved = false;  ///< since begin_refresh()
  };
  mutable std::shared_mutex mutex;
  std::unordered_map<org_id, account> accounts;
  std::unordered_map<std::string, std::shared_ptr<const plan>> plans;
  std::uint64_t refreshes = 0;

  // Null: no caps are known.
  std::shared_ptr<const plan> plan_of(const account& x) const {
    auto it = x.of ? plans.find(x.of->plan) : plans.end();
    return it == plans.end() ? nullptr : it->second;
  }
  void change(org_id org, countable what, std::int64_t by, std::int64_t under_way = 0) {
    std::unique_lock lock{mutex};
    auto& x = accounts[org];
    x.used[place(what)] += by;
    if (what == countable::tokens) {
      x.under_way += under_way;
      x.tokens_moved = true;
    }
  }
};

std::shared_ptr<usage_ledger::book> usage_ledger::make_book() {
  return std::make_shared<book>();
}

usage_ledger::reservation::~reservation() {
  settle(false);
}

void usage_ledger::reservation::settle(bool made) {
  if (!std::exchange(settled_, true))
    of_->change(org_, what_, made ? 0 : -n_, -1);
}

result<usage_ledger::room> usage_ledger::reserve(org_id org, countable what, std::int64_t n) {
  std::unique_lock lock{book_->mutex};
  auto& x = book_->accounts[org];
  auto plan = book_->plan_of(x);
  auto& used = x.used[place(what)];
  if (auto most = plan ? plan->cap(what) : std::nullopt; most && used + n > *most)
    return fail(errc::limit_exceeded, fmt::format("The plan {} has room for {} {}, and {} are there.", plan->name,
                                                  *most, called[place(what)], used));
  used += n;
  if (what == countable::tokens) {
    ++x.under_way;
    x.tokens_moved = true;
  }
  return std::make_shared<reservation>(book_, org, what, n);
}

void usage_ledger::add(org_id org, countable what, std::int64_t n) {
  book_->change(org, what, n);
}

void usage_ledger::give_back(org_id org, countable what, std::int64_t n) {
  book_->change(org, what, -n);
}

void usage_ledger::put(const organization& x) {
  std::unique_lock lock{book_->mutex};
  book_->accounts[x.id].of = x;
}

bool usage_ledger::knows(org_id org) const {
  std::shared_lock lock{book_->mutex};
  auto it = book_->accounts.find(org);
  return it != book_->accounts.end() && it->second.of;
}

std::optional<organization_limits> usage_ledger::limits(org_id org) const {
  std::shared_lock lock{book_->mutex};
  auto it = book_->accounts.find(org);
  if (it == book_->accounts.end() || !it->second.of)
    return std::nullopt;
  auto plan = book_->plan_of(it->second);
  if (!plan)
    return std::nullopt;
  return organization_limits{*it->second.of, std::move(plan), it->second.used};
}

usage_ledger::room usage_ledger::removing_tokens(org_id org) {
  book_->change(org, countable::tokens, 0, 1);
  return std::make_shared<reservation>(book_, org, countable::tokens, 0);
}

std::uint64_t usage_ledger::begin_refresh() {
  std::unique_lock lock{book_->mutex};
  for (auto& [org, x] : book_->accounts)
    x.tokens_moved = x.under_way > 0;
  return ++book_->refreshes;
}

void usage_ledger::refresh(const tenancy_snapshot& x, std::uint64_t begun) {
  std::unique_lock lock{book_->mutex};
  std::unordered_map<std::string, std::shared_ptr<const plan>> plans;
  for (auto& p : x.plans)
    plans.emplace(p.name, std::make_shared<const plan>(p));
  book_->plans = std::move(plans);
  for (auto& row : x.organizations) {
    auto& mine = book_->accounts[row.record.id];
    mine.of = row.record;
    if (!mine.tokens_moved && begun == book_->refreshes)
      mine.used[place(countable::tokens)] = row.tokens;
  }
}

} // namespace gochron::actors
