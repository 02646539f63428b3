#include "http/link_press.hpp"

#include <algorithm>
#include <iterator>

#include "core/names.hpp"
#include "http/write_conventions.hpp"

namespace gochron::http {
namespace {

using core::link_outcome;
using core::link_verb;

link_outcome outcome_of(const linked_incident& x, link_verb verb) {
  if (verb == link_verb::read)
    return link_outcome::shown;
  if (x.about.state == incident_state::resolved)
    return link_outcome::resolved;
  if (x.used)
    return link_outcome::used;
  bool taken = verb == link_verb::acknowledge && x.about.state == incident_state::acknowledged;
  return taken ? link_outcome::already : link_outcome::open;
}

void linked(const services& with, const core::action_link& link, std::function<void(result<linked_incident>)> then) {
  with.feedback.linked(link.delivery, std::string{core::name_of(link.verb)},
                       reply_to<linked_incident>{std::move(then)});
}

std::shared_ptr<const change_origin> origin_of(const link_press& x, const linked_incident& of) {
  change_origin from;
  from.who = answered_by(of.to, x.who);
  from.ip = x.ip;
  from.request_id = x.request_id;
  from.link = link_use{x.link.delivery, of.about.id, std::string{core::name_of(x.link.verb)}};
  return std::make_shared<const change_origin>(std::move(from));
}

// Of many at once who press the same link one goes on: whoever comes after it sees in the database what it did.
result<std::shared_ptr<void>> claim(const core::action_link& link) {
  static const auto under_way = std::make_shared<running_keys>(); // a link is one in the whole process
  auto held = under_way->claim({}, link.delivery.str() + ' ' + std::string{core::name_of(link.verb)});
  return held ? std::move(held) : try_later(errc::busy, "Somebody presses this link at this moment.");
}

// Whether it changed anything is told by who did it: somebody else may have been there a moment before.
link_state after(const incident& now, link_verb verb, const actor_name& who) {
  bool ours = verb == link_verb::resolve || now.acknowledged_by == who;
  return {ours ? link_outcome::done : link_outcome::already, verb, now};
}

void act(const services& with, const link_press& x, const linked_incident& of, link_answer then) {
  auto origin = origin_of(x, of);
  auto verb = x.link.verb == link_verb::acknowledge ? incident_verb::acknowledge : incident_verb::resolve;
  auto answered = [&with, link = x.link, who = origin->who, then = std::move(then)](result<incident> now) {
    if (now)
      return then(after(*now, link.verb, who));
    now.error().code == errc::conflict ? look_at(with, link, then) : then(fail(now.error()));
  };
  with.engine.tell(handle_incident{of.about.org,
                                   of.about.monitor,
                                   of.about.id,
                                   verb,
                                   {},
                                   written_by<incident>{std::move(origin), false, {}},
                                   reply_to<incident>{std::move(answered)}});
}

// What its timeline says: the newest, as much as a page has room for, of as many as are read.
void read_on(const services& with, link_state x, link_answer then) {
  constexpr std::uint32_t most = 1'000;
  constexpr std::ptrdiff_t room = 200;
  auto org = x.about.org;
  auto id = x.about.id;
  with.queries.timeline(org, id, {most, {}},
                        reply_to<page<timeline_entry>>{
                            [x = std::move(x), then = std::move(then)](result<page<timeline_entry>> found) mutable {
                              if (!found)
                                return then(fail(found.error()));
                              auto& rows = found->rows;
                              auto too_many = std::max(std::ssize(rows) - room, std::ptrdiff_t{0});
                              x.has_more = found->next.has_value() || too_many > 0;
                              x.history.assign(rows.begin() + too_many, rows.end());
                              then(std::move(x));
                            }});
}

} // namespace

actor_name answered_by(const message_receiver& to, const actor_name& otherwise) {
  if (to.user)
    return "user:" + (to.user_name.empty() ? to.user->str() : to.user_name);
  return otherwise.empty() ? "channel:" + to.channel_name : otherwise;
}

void look_at(const services& with, const core::action_link& link, link_answer then) {
  linked(with, link, [&with, verb = link.verb, then = std::move(then)](result<linked_incident> x) {
    if (!x)
      return then(fail(x.error()));
    link_state state{outcome_of(*x, verb), verb, std::move(x->about)};
    state.outcome == link_outcome::shown ? read_on(with, std::move(state), then) : then(std::move(state));
  });
}

void press(const services& with, link_press x, link_answer then) {
  auto held = claim(x.link);
  if (!held)
    return then(fail(held.error()));
  auto last = [held = std::make_shared<std::shared_ptr<void>>(std::move(*held)),
               then = std::move(then)](result<link_state> state) {
    held->reset(); // before anybody can hear the answer and press again; copies of this share it
    then(std::move(state));
  };
  auto link = x.link;
  linked(with, link, [&with, x = std::move(x), last = std::move(last)](result<linked_incident> of) {
    if (!of)
      return last(fail(of.error()));
    auto outcome = outcome_of(*of, x.link.verb);
    if (outcome == link_outcome::open)
      return act(with, x, *of, last);
    link_state state{outcome, x.link.verb, std::move(of->about)};
    outcome == link_outcome::shown ? read_on(with, std::move(state), last) : last(std::move(state));
  });
}

} // namespace gochron::http
