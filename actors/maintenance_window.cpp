#include "actors/maintenance_window.hpp"

#include "core/audit_entries.hpp"

namespace gochron::actors {
namespace {

// What decides when it is.
bool same_schedule(const maintenance_window_spec& a, const maintenance_window_spec& b) {
  return a.time_zone == b.time_zone && a.one_off == b.one_off && a.weekly == b.weekly && a.monthly == b.monthly &&
         a.cron == b.cron && a.rrule == b.rrule && a.enabled == b.enabled;
}

} // namespace

void window_actor_state::start(loaded_window x) {
  record = std::make_shared<const maintenance_window_record>(std::move(x.record));
  if (!x.open.empty())
    open = std::move(x.open.front());
  look();
}

maintenance_window_view window_actor_state::view() const {
  return core::view_of(*record, now());
}

void window_actor_state::adopt_record(maintenance_window_record x) {
  record = std::make_shared<const maintenance_window_record>(std::move(x));
  look();
}

void window_actor_state::write(const edit_window& x) {
  auto wanted = x.edit(record->spec);
  if (!wanted || *wanted == record->spec) {
    wanted ? x.reply(view()) : x.reply(fail(wanted.error()));
    return lane.done();
  }
  auto next = *record;
  next.spec = std::move(*wanted);
  ++next.version;
  next.updated_at = now();
  if (!same_schedule(next.spec, record->spec))
    next.ended_until.reset();
  auto shown = core::view_of(next, next.updated_at);
  auto note =
      x.by.note(core::entry_of(x.by.origin(), audit_action::update, next.updated_at, record.get(), &next), &shown);
  windows_of(x.into, *deps)
      .update(std::move(next), std::move(note),
              reply_to<maintenance_window_record>{later([this, x](result<maintenance_window_record> saved) {
                bool behind = !saved && saved.error().code == errc::stale;
                if (saved && !x.by.dry)
                  adopt_record(*saved);
                saved ? x.reply(view()) : x.reply(fail(saved.error()));
                if (behind) // as with monitors
                  return self->quit(caf::exit_reason::unhandled_exception);
                lane.done();
              })});
}

void window_actor_state::write(const remove_window& x) {
  auto t = now();
  auto step = begin_step();
  if (open)
    end_in(step, std::min(t, open->to));
  editing = !x.by.dry;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, t, record.get(), nullptr));
  auto done = [this, x, step, t](status s) {
    editing = false;
    if (s && !x.by.dry) {
      leave();
      adopt_step(step, t);
      tell_channels(step);
    } else {
      look();
      lane.done();
    }
    x.reply(std::move(s));
  };
  windows_of(x.into, *deps).remove(step, std::move(note), reply_to<void>{later(std::move(done))});
}

void window_actor_state::write(const end_window& x) {
  auto t = now();
  if (!open || !occurrence || t < occurrence->from || t >= occurrence->to) {
    x.reply(fail(errc::conflict, "No occurrence of it is under way."));
    return lane.done();
  }
  auto next = *record;
  next.ended_until = occurrence->to;
  auto step = begin_step();
  step.ended_until = next.ended_until;
  end_in(step, t);
  editing = !x.by.dry;
  auto shown = core::view_of(next, t);
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::end, t, record.get(), &next), &shown);
  auto done = [this, x, step, next, t](status s) {
    editing = false;
    if (s && !x.by.dry) {
      record = std::make_shared<const maintenance_window_record>(next);
      publish(t);
      adopt_step(step, t);
      tell_channels(step);
    }
    look();
    s ? x.reply(view()) : x.reply(fail(s.error()));
    lane.done();
  };
  deps->maintenance.rows->record(step, std::move(note), reply_to<void>{later(std::move(done))});
}

// As with policies.
void window_actor_state::leave() {
  gone = true;
  deps->usage.give_back(record->org, countable::maintenance_windows);
  deps->maintenance.windows->erase(record->org, record->id);
  lane.done();
  deps->timers.arm(where, milliseconds{0}, departed_token);
}

window_actor::behavior_type maintenance_window(window_actor::stateful_pointer<window_actor_state> self,
                                               const leaf_deps* deps, leaf_address where, loaded_window x) {
  auto& st = self->state;
  st.self = self;
  st.deps = deps;
  st.where = where;
  st.start(std::move(x));
  return {
      [&st](const timer_fired& m) { st.on_timer(m.token); },
      [](const resume& m) { m.rest(); },
      [&st](const clock_jumped&) { st.look(); },
      [&st](const get_window& m) { st.receive(m); },
      [&st](const edit_window& m) { st.receive(m); },
      [&st](const remove_window& m) { st.receive(m); },
      [&st](const end_window& m) { st.receive(m); },
  };
}

} // namespace gochron::actors
