#include "actors/incident_steps.hpp"
#include "actors/monitor.hpp"
#include "core/audit_entries.hpp"
#include "core/heartbeat_machine.hpp"
#include "core/incident_text.hpp"
#include "core/round_clock.hpp"

namespace gochron::actors {

void monitor_state::on(const edit_monitor& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  lane.push([this, x] { write_edit(x); }, give_up(x.reply));
}

void monitor_state::write_edit(const edit_monitor& x) {
  auto refuse = [&](auto e) {
    x.reply(std::move(e));
    lane.done();
  };
  if (gone)
    return refuse(no_longer<edit_monitor>());
  if (auto e = outdated(x))
    return refuse(fail(*e));
  auto wanted = x.edit(record->spec);
  if (!wanted)
    return refuse(fail(wanted.error()));
  if (*wanted == record->spec) {
    x.reply(view());
    return lane.done();
  }
  catch_up();
  auto next = *record;
  next.spec = std::move(*wanted);
  ++next.version;
  next.updated_at = now();
  auto entry = core::entry_of(x.by.origin(), audit_action::update, next.updated_at, record.get(), &next);
  if (x.by.dry)
    return rehearse_edit(x, std::move(next), std::move(entry));

  auto before = runtime;
  auto step = pause_step(next, x.by.origin());
  auto shown_then = x.by.keep ? std::optional{view_after(next, step)} : std::nullopt;
  auto note = x.by.note(std::move(entry), shown_then ? &*shown_then : nullptr);
  auto done = [this, x, step, before](result<monitor_record> saved) {
    editing = false;
    if (!saved) {
      if (step)
        runtime = before;
      look_at_windows();
      announce();
      bool behind = saved.error().code == errc::stale;
      x.reply(fail(saved.error()));
      // The row is newer than we are: an earlier life of ours had a part in a write. Start again from the row.
      return behind ? self->quit(caf::exit_reason::unhandled_exception) : lane.done();
    }
    adopt_record(std::move(*saved));
    if (step) {
      for (const auto& closed : step->incidents)
        open.put(closed);
      note_hushed();
      committed(*step);
    }
    look_at_windows(); // it may be another's
    announce();        // it may be muted no longer
    x.reply(view());
    lane.done();
  };
  editing = true;
  monitors_of(x.into, *deps)
      .update(std::move(next), step, std::move(note), reply_to<monitor_record>{later(std::move(done))});
}

void monitor_state::rehearse_edit(const edit_monitor& x, monitor_record next, audit_entry entry) {
  monitors_of(x.into, *deps)
      .update(std::move(next), std::nullopt, x.by.note(std::move(entry), nullptr),
              reply_to<monitor_record>{later([this, x](const result<monitor_record>& would) {
                would ? x.reply(view()) : x.reply(fail(would.error()));
                lane.done();
              })});
}

// What view() will say once this edit is adopted. `runtime` is that after the step, if there is one.
monitor_view monitor_state::view_after(const monitor_record& next, const std::optional<transition>& step) const {
  auto v = view();
  v.record = next;
  if (step)
    v.runtime = runtime;
  if (next.spec.paused)
    v.next_check_at.reset();
  else if (makes_rounds())
    v.next_check_at = core::next_round(next.id, next.spec.interval, now());
  return v;
}

// Pausing and resuming move the status with the spec, in one transaction; other edits leave the status alone.
std::optional<transition> monitor_state::pause_step(const monitor_record& next, const change_origin& by) {
  if (next.spec.paused == record->spec.paused)
    return std::nullopt;
  abandon_round("The monitor was paused.");
  keep_shown();
  auto from = runtime.state.status;
  auto was_open = std::exchange(runtime.open_incident, std::nullopt);
  auto moved = next.spec.paused ? core::paused(runtime.state, now()) : core::resumed(runtime.state, now());
  runtime.state = moved.next;
  runtime.cause = {};
  runtime.status_since = moved.effective_at;
  if (!next.spec.paused)
    runtime.heartbeat = core::rearmed();
  if (is_manual() && !next.spec.paused)
    runtime.state.status = monitor_status::up;
  ++runtime.sequence;
  auto t = now();
  step_context c{next,           runtime, deps->alerts.of(next.org), t,
                 deps->base_url, nullptr, maintenance(t).quiet,      core::said(by)};
  auto step = begin_step(c);
  add_status_change(step, c, from, c.now);
  step.change->incident = was_open;
  resolve_all(step, c, by.who, "The monitor was paused.");
  return step;
}

void monitor_state::on(const remove_monitor& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  lane.push([this, x] { write_removal(x); }, give_up(x.reply));
}

void monitor_state::write_removal(const remove_monitor& x) {
  auto e = outdated(x);
  if (gone || e) {
    x.reply(gone ? no_longer<remove_monitor>() : fail(*e));
    return lane.done();
  }
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, now(), record.get(), nullptr));
  if (x.by.dry)
    return monitors_of(x.into, *deps)
        .remove(record->org, record->id, std::nullopt, std::move(note), reply_to<void>{later([this, x](status would) {
                  x.reply(std::move(would));
                  lane.done();
                })});
  editing = true;
  catch_up();
  abandon_round("The monitor was deleted.");
  auto before = runtime;
  auto step = closing_step(x.by.origin(), "The monitor was deleted.");
  auto done = [this, x, step, before](status s) {
    if (!s) {
      editing = false;
      runtime = before;
      announce();
      x.reply(std::move(s));
      return lane.done();
    }
    leave(step);
    x.reply({});
  };
  monitors_of(x.into, *deps)
      .remove(record->org, record->id, step, std::move(note), reply_to<void>{later(std::move(done))});
}

} // namespace gochron::actors
