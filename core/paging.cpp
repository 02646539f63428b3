#include "core/paging.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/on_call/timetable.hpp"

namespace gochron::core {
namespace {

std::string name_in(const paging_world& x, const user_id& id) {
  auto name = x.name_of ? x.name_of(id) : std::string{};
  return name.empty() ? id.str() : name;
}

const channel_brief* usable(const alert_book& book, const channel_id& id) {
  auto it = std::ranges::find(book.channels, id, &channel_brief::id);
  return it != book.channels.end() && it->enabled ? &*it : nullptr;
}

std::vector<page_route> by_rules(const paging_world& x, const user_id& user, urgency hurry) {
  std::vector<page_route> all;
  for (const auto& rule : x.alerts->notification_rules)
    if (rule.spec.user == user && rule.spec.urgency == hurry)
      if (const auto* method = usable(*x.alerts, {rule.spec.contact_method.value}); method && method->user == user)
        all.push_back({method->id, user, {}, method->type, rule.spec.delay});
  return all;
}

std::vector<page_route> by_everything(const paging_world& x, const user_id& user) {
  std::vector<page_route> all;
  for (const auto& method : x.alerts->channels)
    if (method.user == user && method.enabled)
      all.push_back({method.id, user, {}, method.type, seconds{0}});
  return all;
}

void add_user(target_answer& to, const paging_world& x, const user_id& user, urgency hurry) {
  auto routes = by_rules(x, user, hurry);
  if (routes.empty())
    routes = by_everything(x, user);
  auto name = name_in(x, user);
  if (routes.empty())
    return to.unreachable.push_back({user, name});
  for (auto& route : routes) {
    route.name = name;
    to.routes.push_back(std::move(route));
  }
}

target_answer answer_of_channel(const paging_world& x, const channel_id& id) {
  const auto* channel = usable(*x.alerts, id);
  if (!channel || channel->user)
    return {};
  page_route route;
  route.via = id;
  route.type = channel->type;
  return {{std::move(route)}, {}, {}};
}

target_answer answer_of_schedule(const paging_world& x, const schedule_id& id, urgency hurry, timestamp at) {
  auto it = std::ranges::find(x.schedules, id, [](const on_call_books& b) { return b.of.id; });
  if (it == x.schedules.end())
    return {{}, {}, "The schedule is gone."};
  target_answer to;
  for (const auto& user : on_call_at(*it, at))
    add_user(to, x, user, hurry);
  if (to.routes.empty() && to.unreachable.empty())
    to.nobody = fmt::format("Nobody is on call by the schedule {}.", it->of.name);
  return to;
}

target_answer answer_of_team(const paging_world& x, const team_id& id, urgency hurry) {
  auto it = std::ranges::find(x.alerts->teams, id, [](const auto& t) { return t->id; });
  if (it == x.alerts->teams.end())
    return {{}, {}, "The team is gone."};
  target_answer to;
  for (const auto& member : (*it)->spec.members)
    add_user(to, x, member.user, hurry);
  if (to.routes.empty() && to.unreachable.empty())
    to.nobody = fmt::format("Nobody is in the team {}.", (*it)->spec.name);
  return to;
}

std::string name_of(const paging_world& x, const escalation_target& target) {
  const auto& book = *x.alerts;
  switch (target.type) {
  case escalation_target_type::channel: {
    auto it = std::ranges::find(book.channels, channel_id{target.id}, &channel_brief::id);
    return it == book.channels.end() || it->user ? std::string{} : it->name;
  }
  case escalation_target_type::schedule: {
    auto it = std::ranges::find(x.schedules, schedule_id{target.id}, [](const on_call_books& b) { return b.of.id; });
    return it == x.schedules.end() ? std::string{} : it->of.name;
  }
  case escalation_target_type::team: {
    auto it = std::ranges::find(book.teams, team_id{target.id}, [](const auto& t) { return t->id; });
    return it == book.teams.end() ? std::string{} : (*it)->spec.name;
  }
  case escalation_target_type::user:
    break;
  }
  return x.name_of ? x.name_of({target.id}) : std::string{};
}

target_answer people_of(const paging_world& x, const escalation_target& target, urgency hurry, timestamp at) {
  switch (target.type) {
  case escalation_target_type::channel:
    return answer_of_channel(x, {target.id});
  case escalation_target_type::schedule:
    return answer_of_schedule(x, {target.id}, hurry, at);
  case escalation_target_type::team:
    return answer_of_team(x, {target.id}, hurry);
  case escalation_target_type::user:
    break;
  }
  target_answer to;
  add_user(to, x, {target.id}, hurry);
  return to;
}

target_answer answer_of(const paging_world& x, const escalation_target& target, urgency hurry, timestamp at) {
  auto to = people_of(x, target, hurry, at);
  to.name = name_of(x, target);
  return to;
}

std::optional<page_route> answer_of(const paging_world& x, const pending_page& page) {
  const auto* method = usable(*x.alerts, page.via);
  if (!method || method->user != page.user)
    return std::nullopt;
  return page_route{page.via, page.user, name_in(x, page.user), method->type, page.delay};
}

template <class Id>
bool read_id(std::string_view text, uuid& to) {
  auto id = Id::parse(text);
  if (id)
    to = id->value;
  return id.has_value();
}

} // namespace

std::string target_text(const escalation_target& x) {
  switch (x.type) {
  case escalation_target_type::user:
    return user_id{x.id}.str();
  case escalation_target_type::schedule:
    return schedule_id{x.id}.str();
  case escalation_target_type::team:
    return team_id{x.id}.str();
  case escalation_target_type::channel:
    break;
  }
  return channel_id{x.id}.str();
}

bool read_target_id(std::string_view text, escalation_target& x) {
  switch (x.type) {
  case escalation_target_type::user:
    return read_id<user_id>(text, x.id);
  case escalation_target_type::schedule:
    return read_id<schedule_id>(text, x.id);
  case escalation_target_type::team:
    return read_id<team_id>(text, x.id);
  case escalation_target_type::channel:
    break;
  }
  return read_id<channel_id>(text, x.id);
}

urgency urgency_of(severity x) {
  return x == severity::critical || x == severity::error ? urgency::high : urgency::low;
}

target_resolver resolver_of(paging_world x) {
  auto world = std::make_shared<const paging_world>(std::move(x));
  return {[world](const escalation_target& t, urgency hurry, timestamp at) { return answer_of(*world, t, hurry, at); },
          [world](const pending_page& p) { return answer_of(*world, p); }};
}

} // namespace gochron::core
