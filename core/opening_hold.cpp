#include "core/opening_hold.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include <fmt/format.h>

#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

constexpr std::size_t most_ancestors = 1000;
// Where rounds are late it is we who are late: that is no reason to page.
constexpr milliseconds least_patience = std::chrono::minutes{1};
constexpr milliseconds most_patience = std::chrono::minutes{5};
// A parent that nobody has heard of since the start will say something, or its supervisor will.
constexpr milliseconds until_heard = std::chrono::seconds{1};

milliseconds longest_round(const monitor_spec& x) {
  auto retries = static_cast<std::int64_t>(x.retry.count);
  return x.timeout * (1 + retries) + milliseconds{x.retry.delay} * retries;
}

// How long it may take after a parent's recovery until this monitor has shown that it is still failing. One slot may be
// left out.
milliseconds own_patience(const dependent_incident& x) {
  const auto& spec = x.monitor;
  if (const auto* heartbeat = std::get_if<heartbeat_check>(&spec.check))
    return std::min<milliseconds>(heartbeat->period + heartbeat->grace, most_patience);
  auto own_look = std::clamp<milliseconds>(2 * spec.interval + longest_round(spec), least_patience, most_patience);
  if (!x.recovering)
    return own_look;
  return own_look + spec.recovery + spec.interval * static_cast<std::int64_t>(spec.success_threshold - 1);
}

// Between up and down, by what was observed.
bool counts(const status_step& x) {
  auto configured = [](monitor_status s) { return s == monitor_status::paused || s == monitor_status::maintenance; };
  return (x.from == monitor_status::down || x.to == monitor_status::down) && !configured(x.from) && !configured(x.to);
}

/// One look at the ancestors, nearest first.
class ancestry {
public:
  ancestry(const dependent_incident& x, const parent_lookup& parents) : x_(x), parents_(parents) {}

  std::optional<opening_hold> look() {
    add(*x_.monitor.depends_on);
    for (; !next_.empty() && seen_.size() <= most_ancestors; next_.pop_front())
      if (auto failing = judge(next_.front()))
        return failing;
    return waiting_;
  }

private:
  void add(const std::vector<monitor_id>& ids) {
    for (const auto& id : ids)
      if (seen_.insert(id).second)
        next_.push_back(id);
  }

  // The one to look at again first decides when.
  void wait(hold_reason why, const monitor_id& id, const std::string& name, timestamp until) {
    if (!waiting_ || until < *waiting_->until)
      waiting_ = opening_hold{why, id, name, until};
  }

  std::optional<opening_hold> judge(const monitor_id& id) {
    auto parent = parents_(id);
    if (!parent) {
      wait(hold_reason::parent_unknown, id, {}, x_.now + until_heard);
      return std::nullopt;
    }
    if (parent->failing)
      return opening_hold{hold_reason::parent_failing, id, parent->name, std::nullopt};
    bool looked_at = parent->watched && parent->patience > milliseconds{0};
    bool vouches = parent->watched && (!looked_at || (parent->seen_at && *parent->seen_at >= x_.started_at));
    if (auto end = x_.started_at + parent->patience; looked_at && !vouches && x_.now < end)
      wait(hold_reason::parent_unknown, id, parent->name, end);
    if (parent->watched)
      wait_for_own_look(*parent);
    if (!vouches)
      add(parent->parents);
    return std::nullopt;
  }

  // What we knew of ourselves when the parent recovered was seen through it.
  void wait_for_own_look(const parent_facts& parent) {
    bool looked = x_.failing_at && *x_.failing_at >= parent.well_since;
    if (parent.well_since <= x_.started_at || (looked && !x_.recovering))
      return;
    if (auto end = parent.well_since + own_patience(x_); x_.now < end)
      wait(hold_reason::parent_recovered, parent.id, parent.name, end);
  }

  const dependent_incident& x_;
  const parent_lookup& parents_;
  std::deque<monitor_id> next_;
  std::set<monitor_id> seen_;
  std::optional<opening_hold> waiting_;
};

} // namespace

milliseconds patience_of(const monitor_spec& spec) {
  if (spec.type() == monitor_type::heartbeat)
    return milliseconds{0};
  return std::clamp<milliseconds>(spec.interval + longest_round(spec), least_patience, most_patience);
}

parent_facts facts_of(const monitor_id& id, const monitor_spec& spec, const check_state& state,
                      std::optional<timestamp> seen_at, timestamp well_since) {
  parent_facts x;
  x.id = id;
  x.name = spec.name;
  x.watched = state.status != monitor_status::paused && state.status != monitor_status::maintenance;
  x.failing =
      x.watched && (state.status == monitor_status::down || state.transition == transition_kind::confirming_down);
  x.seen_at = seen_at;
  x.well_since = well_since;
  x.patience = patience_of(spec);
  if (spec.depends_on)
    x.parents = *spec.depends_on;
  return x;
}

bool frees(const parent_facts& before, const parent_facts& now) {
  if (before.failing && now.failing)
    return false; // however often it is seen so
  return before.failing != now.failing || before.watched != now.watched || before.seen_at != now.seen_at ||
         before.patience != now.patience || before.parents != now.parents;
}

std::string held_message(const opening_hold& x) {
  auto name = x.name.empty() && x.parent ? x.parent->str() : x.name;
  switch (x.why) {
  case hold_reason::parent_failing:
    return fmt::format("Nobody is told: it depends on {}, which fails.", name);
  case hold_reason::parent_unknown:
    return fmt::format("It depends on {}, which is looked at before anybody is told.", name);
  case hold_reason::parent_recovered:
    return fmt::format("It depends on {}, which has just recovered: it is looked at once more before anybody is told.",
                       name);
  case hold_reason::flapping:
    break;
  }
  return fmt::format("Flapping: told when it has been down until {}.", to_rfc3339(x.until.value_or(timestamp{})));
}

std::optional<opening_hold> held_by_parents(const dependent_incident& x, const parent_lookup& parents) {
  return x.monitor.depends_on ? ancestry{x, parents}.look() : std::nullopt;
}

std::optional<opening_hold> held_by_flapping(const monitor_spec& monitor, std::span<const status_step> recent,
                                             timestamp started_at, timestamp opened_at, timestamp now) {
  if (!monitor.flap)
    return std::nullopt;
  const auto& policy = *monitor.flap;
  auto until = opened_at + policy.hold;
  auto before = std::ranges::count_if(
      recent, [&](const status_step& x) { return counts(x) && x.at > opened_at - policy.window && x.at < started_at; });
  if (now >= until || before + 1 <= static_cast<std::int64_t>(policy.changes))
    return std::nullopt;
  return opening_hold{hold_reason::flapping, std::nullopt, {}, until};
}

} // namespace gochron::core
