#include "actors/incident_steps.hpp"
#include "actors/monitor.hpp"
#include "core/heartbeat_machine.hpp"

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
  if (x.if_version && *x.if_version != record->version)
    return refuse(
        fail(errc::stale, "The monitor has changed: its version is " + std::to_string(record->version) + "."));
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

  auto before = runtime;
  auto step = pause_step(next, x.who);
  auto done = [this, x, step, before](result<monitor_record> saved) {
    editing = false;
    if (!saved) {
      if (step)
        runtime = before;
      x.reply(fail(saved.error()));
      return lane.done();
    }
    adopt_record(std::move(*saved));
    if (step) {
      if (step->incident)
        open.reset();
      committed(*step);
    }
    x.reply(view());
    lane.done();
  };
  editing = true;
  deps->monitors.update(std::move(next), step, reply_to<monitor_record>{later(std::move(done))});
}

// Pausing and resuming move the status with the spec, in one transaction; other edits leave the status alone.
std::optional<transition> monitor_state::pause_step(const monitor_record& next, const actor_name& who) {
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
  ++runtime.sequence;
  step_context c{next, runtime, deps->alerts.of(next.org), now(), deps->base_url};
  auto step = begin_step(c);
  add_status_change(step, c, from, c.now);
  if (was_open && open) {
    step.change->incident = was_open;
    add_resolved(step, c, *open, who, "The monitor was paused.", std::nullopt, nullptr);
  }
  return step;
}

void monitor_state::on(const remove_monitor& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  auto write = [this, x] {
    if (x.if_version && *x.if_version != record->version) {
      x.reply(fail(errc::stale, "The monitor has changed: its version is " + std::to_string(record->version) + "."));
      return lane.done();
    }
    editing = true;
    catch_up();
    abandon_round("The monitor was deleted.");
    std::optional<transition> step;
    auto before = runtime;
    if (open) {
      keep_shown();
      runtime.open_incident.reset();
      ++runtime.sequence;
      auto c = context();
      step = begin_step(c);
      add_resolved(*step, c, *open, x.who, "The monitor was deleted.", std::nullopt, nullptr);
    }
    deps->monitors.remove(record->org, record->id, step, reply_to<void>{later([this, x, step, before](status s) {
                            if (!s) {
                              editing = false;
                              runtime = before;
                              x.reply(std::move(s));
                              return lane.done();
                            }
                            if (step)
                              committed(*step);
                            if (is_heartbeat())
                              deps->pings.erase(record->ping_token);
                            x.reply({});
                            self->quit(caf::exit_reason::user_shutdown);
                          })});
  };
  lane.push(std::move(write), give_up(x.reply));
}

} // namespace gochron::actors
