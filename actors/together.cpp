#include "actors/together.hpp"

#include <algorithm>

namespace gochron::actors {

together_state::~together_state() {
  if (joint && !closed)
    joint->abandon(not_applied());
}

void together_state::start() {
  steps.assign(wanted.steps.size(), progress::waiting);
  undecided = unended = steps.size();
  for (std::size_t n = 0; n < steps.size(); ++n)
    if (!wanted.steps[n].target.is_nil())
      order.push_back(n);
  std::ranges::sort(order, {}, [this](std::size_t n) { return wanted.steps[n].target; });
  self->delayed_send(self, hold, hold_expired{false});
  if (steps.empty())
    return close();
  for (std::size_t n = 0; n < steps.size(); ++n)
    if (wanted.steps[n].target.is_nil())
      begin_step(n);
  begin_next();
}

void together_state::begin_next() {
  if (begun < order.size() && !closed)
    begin_step(order[begun++]);
}

void together_state::begin_step(std::size_t n) {
  auto part = joint->part(n, later([this, n] { arrived(n); }));
  wanted.steps[n].start(std::move(part), later([this, n](const status& s) { ended(n, s); }));
}

void together_state::arrived(std::size_t n) {
  if (steps[n] == progress::waiting)
    decide(n, progress::arrived);
}

// Before its write was handed in: it was refused, or there is nothing to change.
void together_state::ended(std::size_t n, const status& s) {
  if (steps[n] == progress::ended)
    return;
  if (!s && (!failure || is_not_applied(*failure)))
    failure = s.error();
  decide(n, progress::ended);
  if (--unended == 0 && closed)
    finish();
}

// Also after a refusal the others are asked, so that all that is wrong is told at once.
void together_state::decide(std::size_t n, progress to) {
  bool first = steps[n] == progress::waiting;
  steps[n] = to;
  if (!first || closed)
    return;
  --undecided;
  if (!wanted.steps[n].target.is_nil())
    begin_next();
  if (undecided == 0)
    close();
}

void together_state::close() {
  closed = true;
  self->delayed_send(self, patience, hold_expired{true});
  if (!failure && wanted.keep)
    joint->part(steps.size(), [] {})->answers().keep(wanted.keep(), {});
  if (!failure)
    joint->write(wanted.dry);
  else // whoever was refused has been told why
    joint->abandon(failure->retry_after.count() > 0 ? *failure : not_applied());
  if (unended == 0)
    finish();
}

void together_state::on_expired(const hold_expired& x) {
  if (x.of_write) {
    failure = error{errc::timed_out, "Not everybody said in time what became of it.", {}, {}, {}};
    return finish();
  }
  if (closed)
    return;
  failure = error{errc::unavailable, "Not everything could be held in time.", {}, seconds{1}, {}};
  for (auto& step : steps)
    if (step == progress::waiting) { // never asked, busy or crashed: what it hands in from here on is refused
      step = progress::ended;
      --unended;
    }
  close();
}

void together_state::finish() {
  auto reply = std::exchange(wanted.reply, {});
  reply(failure ? status{fail(*failure)} : status{});
  self->quit();
}

together_actor::behavior_type together(together_actor::stateful_pointer<together_state> self, write_together wanted,
                                       std::shared_ptr<joint_write> joint) {
  auto& st = self->state;
  st.self = self;
  st.wanted = std::move(wanted);
  st.joint = std::move(joint);
  st.start();
  return {
      [](const resume& m) { m.rest(); },
      [&st](const hold_expired& m) { st.on_expired(m); },
  };
}

} // namespace gochron::actors
