#include "core/escalation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/escalation_ladder.hpp"
#include "core/incident_text.hpp"
#include "core/names.hpp"

namespace gochron::core {
namespace {

using namespace ladder;
using policy_record = escalation_policy_record;
using policy_spec = escalation_policy_spec;

escalation changed(escalation x, timestamp at) {
  ++x.version;
  x.moved_at = at;
  return x;
}

// What a step comes to, each route once.
struct told_step {
  std::vector<page_route> routes;
  std::vector<std::string> notes; ///< sentences about those who are not told
};

told_step told_by(const escalation_step& step, const escalation& x, std::int64_t cycle, const target_resolver& resolve,
                  timestamp at) {
  told_step all;
  auto same = [](const page_route& a) {
    return [&a](const page_route& b) { return a.via == b.via && a.delay == b.delay; };
  };
  for (const auto& target : chosen(step, x.turn, cycle)) {
    auto found = resolve.of(target, x.urgency, at);
    for (auto& route : found.routes)
      if (std::ranges::none_of(all.routes, same(route)))
        all.routes.push_back(std::move(route));
    for (const auto& user : found.unreachable)
      all.notes.push_back(fmt::format("{} has no verified contact method that is in use.", user.name));
    if (!found.nobody.empty())
      all.notes.push_back(std::move(found.nobody));
  }
  return all;
}

// Told by this move: the channel, and of a contact method its user.
void tell(escalation_move& to, const page_route& x) {
  if (x.delay.count() == 0 && std::ranges::find(to.channels, x.via) == to.channels.end())
    to.channels.push_back(x.via);
  if (x.user && std::ranges::find(to.people, *x.user, &paged_user::id) == to.people.end())
    to.people.push_back({*x.user, x.name});
}

// One by the same rule that is still to come stays as it is: however often the steps tell somebody, what is owed to
// them is bounded by their rules.
void owe_later(escalation& x, const page_route& route, timestamp from) {
  auto same = [&route](const pending_page& p) { return p.via == route.via && p.delay == route.delay; };
  if (std::ranges::any_of(x.pending, same))
    return;
  pending_page page{route.via, *route.user, route.delay, from + route.delay};
  auto place = std::ranges::upper_bound(x.pending, page.at, {}, &pending_page::at);
  x.pending.insert(place, page);
}

std::string spell_place(const std::string& policy, const escalation_place& at) {
  return fmt::format("step {} (`{}`) of the escalation policy {}, cycle {}", at.step + 1, at.key, policy, at.cycle + 1);
}

// `Ada Lovelace (sms, email), 2 channels`: never an address.
std::string spell_told(const std::vector<page_route>& routes) {
  std::vector<std::pair<std::string, std::string>> people;
  std::size_t channels = 0;
  for (const auto& x : routes) {
    if (x.delay.count() > 0)
      continue;
    channels += x.user ? 0 : 1;
    auto it = std::ranges::find(people, x.name, &std::pair<std::string, std::string>::first);
    if (x.user && it == people.end())
      people.emplace_back(x.name, name_of(x.type));
    else if (x.user)
      it->second += fmt::format(", {}", name_of(x.type));
  }
  std::string all;
  for (const auto& [name, types] : people)
    all += fmt::format("{}{} ({})", all.empty() ? "" : ", ", name, types);
  if (channels > 0)
    all += fmt::format("{}{}", all.empty() ? "" : ", ",
                       channels == 1 ? "1 channel" : fmt::format("{} channels", channels));
  return all;
}

void add_told_lines(escalation_move& to, const std::string& policy, const escalation_place& at,
                    const std::vector<page_route>& routes, bool again) {
  auto told = spell_told(routes);
  if (!told.empty())
    to.lines.push_back({timeline_kind::escalated,
                        fmt::format("{} {}: {} told.",
                                    again ? "Told again:" : "Nobody has taken it:", spell_place(policy, at), told)});
  for (const auto& x : routes)
    if (x.delay.count() > 0)
      to.lines.push_back(
          {timeline_kind::escalated, fmt::format("{} is told by {} in {}, unless somebody has taken it by then ({}).",
                                                 x.name, name_of(x.type), spell(x.delay), spell_place(policy, at))});
}

escalation_line skipped_line(const std::string& policy, const escalation_place& at, seconds wait) {
  auto what =
      wait.count() == 0 ? std::string{"the next step follows at once"} : "the next step follows in " + spell(wait);
  return {timeline_kind::escalation_skipped,
          fmt::format("Nobody can be told by {}: {}.", spell_place(policy, at), what)};
}

escalation_line exhausted_line(const std::string& policy) {
  return {timeline_kind::escalation_exhausted, fmt::format("The escalation policy {} has no further step.", policy)};
}

// A moment late is not late: steps keep their distance from each other. After a standstill it counts from now.
timestamp counted_from(const escalation& x, timestamp at) {
  return x.due_at && *x.due_at <= at && at - *x.due_at < seconds{1} ? *x.due_at : at;
}

void arrive(escalation& x, const std::optional<following>& next, timestamp from) {
  x.next = next ? std::optional{next->place} : std::nullopt;
  x.due_at = next ? std::optional{from + next->delay} : std::nullopt;
  x.state = next ? escalation_state::running : escalation_state::exhausted;
}

// The steps from x.next on until somebody is told, or one has to be waited for.
void climb_steps(escalation_move& to, const policy_record& policy, const policy_spec& steps,
                 const target_resolver& resolve, timestamp at) {
  auto& x = to.after;
  auto from = counted_from(x, at);
  for (std::size_t looked_at = 0; looked_at < steps.steps.size() && x.next; ++looked_at) {
    auto step = locate(steps, *x.next);
    if (!step) { // shortened meanwhile
      arrive(x, next_cycle(steps, x.next->cycle), from);
      break;
    }
    auto here = place_at(steps, *step, x.next->cycle);
    auto next = after(steps, *step, here.cycle);
    auto again = x.last == here;
    auto told = told_by(steps.steps[*step], x, here.cycle, resolve, at);
    arrive(x, next, from);
    for (auto& note : told.notes)
      to.lines.push_back({timeline_kind::escalation_skipped, std::move(note)});
    for (const auto& route : told.routes) {
      tell(to, route);
      if (route.delay.count() > 0)
        owe_later(x, route, from);
    }
    if (!told.routes.empty()) {
      x.last = here;
      add_told_lines(to, policy.spec.name, here, told.routes, again);
      break;
    }
    bool at_once = steps.on_no_one == on_no_one::advance && next && next->place.cycle == here.cycle;
    if (at_once)
      x.due_at = from;
    if (next)
      to.lines.push_back(skipped_line(policy.spec.name, here, at_once ? seconds{0} : next->delay));
    else
      to.lines.push_back({timeline_kind::escalation_skipped,
                          fmt::format("Nobody can be told by {}.", spell_place(policy.spec.name, here))});
    if (!at_once)
      break;
  }
  if (x.next)
    return;
  arrive(x, std::nullopt, from);
  to.lines.push_back(exhausted_line(policy.spec.name));
}

// Those who were to be told later, and whose time has come.
void tell_pending(escalation_move& to, const policy_record& policy, const target_resolver& resolve, timestamp at) {
  auto& pending = to.after.pending;
  auto first_later = std::ranges::upper_bound(pending, at, {}, &pending_page::at);
  for (auto it = pending.begin(); it != first_later; ++it) {
    auto route = resolve.later(*it);
    if (!route)
      continue;
    tell(to, {route->via, route->user, route->name, route->type, seconds{0}});
    to.lines.push_back({timeline_kind::escalated,
                        fmt::format("Nobody has taken it: {} ({}) told, {} after the escalation policy {} said so.",
                                    route->name, name_of(route->type), spell(it->delay), policy.spec.name)});
  }
  pending.erase(pending.begin(), first_later);
}

void add_schedules(std::vector<schedule_id>& to, const policy_spec& x) {
  for (const auto& step : x.steps)
    for (const auto& target : step.targets)
      if (target.type == escalation_target_type::schedule && std::ranges::find(to, schedule_id{target.id}) == to.end())
        to.push_back({target.id});
}

} // namespace

std::vector<schedule_id> schedules_of(const policy_spec& x) {
  std::vector<schedule_id> all;
  add_schedules(all, x);
  return all;
}

std::vector<schedule_id> schedules_of(const escalation& x, const policy_record& policy) {
  return schedules_of(x.snapshot ? *x.snapshot : policy.spec);
}

const escalation_policy_spec* find_policy(const alert_book& book, const policy_id& id) {
  auto it = std::ranges::find(book.policies, id, [](const auto& x) { return x->id; });
  return it == book.policies.end() ? nullptr : &(*it)->spec;
}

std::vector<policy_to_begin> policies_of(const alert_book& book, const occurrence& opening,
                                         const std::vector<rule_id>& hushed) {
  std::vector<policy_to_begin> all;
  for (const auto& rule : matching_rules(book, opening)) {
    if (std::ranges::find(hushed, rule) != hushed.end())
      continue;
    auto wanted = std::ranges::find(book.rules, rule, &alert_rule_record::id)->spec.escalation_policy_id;
    auto it = std::ranges::find_if(book.policies, [&](const auto& x) { return wanted && x->id == *wanted; });
    if (it != book.policies.end() && std::ranges::find(all, *it, &policy_to_begin::policy) == all.end())
      all.push_back({*it, rule});
  }
  return all;
}

escalation begin_escalation(const policy_to_begin& with, const incident& of, std::int64_t turn, timestamp from) {
  const auto& policy = *with.policy;
  escalation x;
  x.id = escalation_id::make(from);
  x.org = of.org;
  x.incident = of.id;
  x.monitor = of.monitor;
  x.policy = policy.id;
  x.rule = with.rule;
  x.next = place_at(policy.spec, 0, 0);
  x.due_at = from + policy.spec.steps.front().delay;
  x.moved_at = from;
  x.turn = turn;
  x.urgency = urgency_of(of.severity);
  if (policy.spec.in_flight == in_flight::snapshot)
    x.snapshot = std::shared_ptr<const policy_spec>{with.policy, &policy.spec};
  return x;
}

escalation acknowledged(escalation x, const policy_spec* present, timestamp at) {
  if (x.state != escalation_state::running && x.state != escalation_state::exhausted)
    return x;
  x = changed(std::move(x), at);
  x.state = escalation_state::acknowledged;
  x.pending.clear();
  const auto* spec = x.snapshot ? x.snapshot.get() : present;
  x.due_at = spec && spec->ack_timeout ? std::optional{at + *spec->ack_timeout} : std::nullopt;
  return x;
}

escalation at_rest(escalation x, timestamp at) {
  if (x.state == escalation_state::ended || (x.state == escalation_state::acknowledged && !x.due_at))
    return x;
  x = changed(std::move(x), at);
  x.state = escalation_state::acknowledged;
  x.due_at.reset();
  x.pending.clear();
  return x;
}

escalation begun_again(escalation x, const policy_to_begin& with, const incident& of, std::int64_t turn,
                       timestamp from) {
  auto fresh = begin_escalation(with, of, turn, from);
  fresh.id = x.id;
  fresh.version = x.version + 1;
  return fresh;
}

escalation unacknowledged(escalation x, timestamp at) {
  if (x.state != escalation_state::acknowledged)
    return x;
  x = changed(std::move(x), at);
  x.state = escalation_state::running;
  if (x.last)
    x.next = x.last;
  else if (!x.next) // nobody could be told
    x.next.emplace();
  x.due_at = at;
  return x;
}

escalation with_urgency(escalation x, urgency now) {
  if (x.state == escalation_state::ended || x.urgency == now)
    return x;
  ++x.version;
  x.urgency = now;
  return x;
}

escalation ended(escalation x, timestamp at) {
  if (x.state == escalation_state::ended)
    return x;
  x = changed(std::move(x), at);
  x.state = escalation_state::ended;
  x.due_at.reset();
  x.pending.clear();
  return x;
}

std::optional<escalation> hurried(escalation x, std::optional<timestamp> as_of, timestamp at) {
  bool lives = x.state == escalation_state::running || x.state == escalation_state::acknowledged;
  if (!lives || !x.next || (as_of && x.moved_at > *as_of))
    return std::nullopt;
  // Later than `as_of` in any case: the same request once more finds that it has moved.
  x = changed(std::move(x), as_of ? std::max(at, *as_of + milliseconds{1}) : at);
  x.state = escalation_state::running;
  x.due_at = at;
  return x;
}

escalation left_behind(escalation x, timestamp at) {
  if (x.state != escalation_state::acknowledged)
    return x;
  x = changed(std::move(x), at);
  x.state = x.next ? escalation_state::running : escalation_state::exhausted;
  x.due_at = x.next ? std::optional{at} : std::nullopt;
  return x;
}

escalation reassigned(const escalation* before, const std::shared_ptr<const policy_record>& to, const incident& of,
                      std::int64_t turn, timestamp at) {
  policy_to_begin with{to, {}};
  auto x = before ? begun_again(*before, with, of, turn, at) : begin_escalation(with, of, turn, at);
  x.rule.reset();
  x.due_at = at;
  return x;
}

escalation handed_to(escalation x, const std::vector<paged_user>& people, const policy_spec* present, timestamp at) {
  auto own = x.snapshot ? *x.snapshot : present ? *present : policy_spec{};
  escalation_step step;
  step.key = "reassigned";
  for (const auto& user : people)
    step.targets.emplace_back(escalation_target_type::user, user.id);
  own.steps = {std::move(step)};
  own.repeat.count = 0;
  x = changed(std::move(x), at);
  x.snapshot = std::make_shared<const policy_spec>(std::move(own));
  x.rule.reset();
  x.state = escalation_state::running;
  x.next = place_at(*x.snapshot, 0, 0);
  x.last.reset();
  x.due_at = at;
  x.pending.clear();
  return x;
}

const escalation* to_hand_over(const incident& of) {
  auto before = [](const escalation& a, const escalation& b) {
    bool a_over = a.state == escalation_state::ended, b_over = b.state == escalation_state::ended;
    return a_over != b_over ? a_over : a.moved_at < b.moved_at;
  };
  auto it = std::ranges::max_element(of.escalations, before);
  return it == of.escalations.end() ? nullptr : &*it;
}

bool is_due(const escalation& x, timestamp at) {
  auto look = x.look_at();
  return look && *look <= at;
}

escalation_move climb(const escalation& x, const policy_record& policy, const target_resolver& resolve, timestamp at) {
  const auto& steps = x.snapshot ? *x.snapshot : policy.spec;
  if (x.state == escalation_state::acknowledged) {
    escalation_move back{unacknowledged(x, at), {}, {}, true, {}};
    auto timeout = steps.ack_timeout ? spell(*steps.ack_timeout) : std::string{"the time-out"};
    back.lines.push_back({timeline_kind::unacknowledged,
                          fmt::format("Acknowledged and not resolved within {}: triggered again.", timeout)});
    return back;
  }
  escalation_move to{changed(x, at), {}, {}, false, {}};
  tell_pending(to, policy, resolve, at);
  if (x.due_at && *x.due_at <= at)
    climb_steps(to, policy, steps, resolve, at);
  return to;
}

} // namespace gochron::core
