#include "actors/policy.hpp"

#include "core/audit_entries.hpp"
#include "core/escalation.hpp"

namespace gochron::actors {

void policy_actor_state::start(escalation_policy_record x) {
  publish(std::move(x));
  load();
}

void policy_actor_state::publish(escalation_policy_record x) {
  record = std::make_shared<const escalation_policy_record>(std::move(x));
  deps->alerts.put(record);
}

void policy_actor_state::write(const edit_policy& x) {
  auto wanted = x.edit(record->spec);
  if (!wanted || *wanted == record->spec) {
    wanted ? x.reply(*record) : x.reply(fail(wanted.error()));
    return lane.done();
  }
  auto next = *record;
  next.spec = std::move(*wanted);
  ++next.version;
  next.updated_at = now();
  auto note =
      x.by.note(core::entry_of(x.by.origin(), audit_action::update, next.updated_at, record.get(), &next), &next);
  policies_of(x.into, *deps)
      .update(std::move(next), std::move(note),
              reply_to<escalation_policy_record>{later([this, x](result<escalation_policy_record> saved) {
                bool behind = !saved && saved.error().code == errc::stale;
                if (saved && !x.by.dry)
                  publish(*saved);
                x.reply(std::move(saved));
                if (behind) // as with monitors
                  return self->quit(caf::exit_reason::unhandled_exception);
                lane.done();
              })});
}

void policy_actor_state::write(const remove_policy& x) {
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, now(), record.get(), nullptr));
  policies_of(x.into, *deps).remove(record->org, record->id, std::move(note), reply_to<void>{later([this, x](status s) {
                                      bool removed = s.has_value() && !x.by.dry;
                                      removed ? leave() : lane.done();
                                      x.reply(std::move(s));
                                    })});
}

// As with channels. Nobody climbs any more: the store has seen to that.
void policy_actor_state::leave() {
  gone = true;
  deps->alerts.erase(record->org, record->id);
  deps->usage.give_back(record->org, countable::escalation_policies);
  climbers.clear();
  queue.clear();
  lane.done();
  deps->timers.arm(where, milliseconds{0}, departed_token);
}

void policy_actor_state::on(const forecast_policy& x) {
  constexpr std::size_t most = 200;
  auto turn = deps->turns.last(record->id) + 1;
  auto answer = [this, x, turn](result<std::vector<on_call_books>> books) {
    if (!books || gone)
      return x.reply(gone ? no_longer() : fail(books.error()));
    auto resolve = resolver(std::move(*books));
    x.reply(x.steps ? core::who_is_told(*record, turn, resolve, x.at, x.urgency)
                    : core::forecast(*record, turn, resolve, x.at, most, x.urgency));
  };
  auto schedules = core::schedules_of(record->spec);
  if (schedules.empty() || !deps->on_call)
    return answer(std::vector<on_call_books>{});
  auto end = x.steps ? x.at + milliseconds{1} : core::forecast_end(*record, x.at, most);
  deps->on_call(record->org, std::move(schedules), x.at, end,
                reply_to<std::vector<on_call_books>>{later(std::move(answer))});
}

policy_actor::behavior_type policy(policy_actor::stateful_pointer<policy_actor_state> self, const leaf_deps* deps,
                                   leaf_address where, escalation_policy_record x) {
  auto& st = self->state;
  st.self = self;
  st.deps = deps;
  st.where = where;
  st.start(std::move(x));
  return {
      [&st](const timer_fired& m) { st.on_timer(m.token); }, [](const resume& m) { m.rest(); },
      [&st](const clock_jumped&) { st.on_clock_jumped(); },  [&st](const escalation_changed& m) { st.note(m.row); },
      [&st](const get_policy& m) { st.receive(m); },         [&st](const edit_policy& m) { st.receive(m); },
      [&st](const remove_policy& m) { st.receive(m); },      [&st](const forecast_policy& m) { st.receive(m); },
  };
}

} // namespace gochron::actors
