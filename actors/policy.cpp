#include "actors/policy.hpp"

#include "core/audit_entries.hpp"
#include "core/escalation.hpp"

namespace gochron::actors {
namespace {

tl::unexpected<error> changed_since(std::int64_t version) {
  return fail(errc::stale, "The escalation policy has changed: its version is " + std::to_string(version) + ".");
}

} // namespace

void policy_actor_state::start(escalation_policy_record x) {
  publish(std::move(x));
  load();
}

void policy_actor_state::publish(escalation_policy_record x) {
  record = std::make_shared<const escalation_policy_record>(std::move(x));
  deps->alerts.put(record);
}

void policy_actor_state::edit(const edit_policy& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  lane.push([this, x] { write_edit(x); }, give_up(x.reply));
}

void policy_actor_state::write_edit(const edit_policy& x) {
  auto refuse = [&](auto e) {
    x.reply(std::move(e));
    lane.done();
  };
  if (x.if_version && *x.if_version != record->version)
    return refuse(changed_since(record->version));
  auto wanted = x.edit(record->spec);
  if (!wanted)
    return refuse(fail(wanted.error()));
  if (*wanted == record->spec) {
    x.reply(*record);
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

void policy_actor_state::remove(const remove_policy& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  auto write = [this, x] {
    if (x.if_version && *x.if_version != record->version) {
      x.reply(changed_since(record->version));
      return lane.done();
    }
    auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, now(), record.get(), nullptr));
    policies_of(x.into, *deps)
        .remove(record->org, record->id, std::move(note), reply_to<void>{later([this, x](status s) {
                  bool gone = s.has_value() && !x.by.dry;
                  if (gone) {
                    deps->alerts.erase(record->org, record->id);
                    deps->usage.give_back(record->org, countable::escalation_policies);
                  }
                  x.reply(std::move(s));
                  if (gone)
                    return self->quit(caf::exit_reason::user_shutdown);
                  lane.done();
                })});
  };
  lane.push(std::move(write), give_up(x.reply));
}

void policy_actor_state::show_forecast(const forecast_policy& x) const {
  constexpr std::size_t most = 200;
  auto book = deps->alerts.of(record->org);
  auto resolve = core::resolver_of(*book);
  auto turn = deps->turns.last(record->id) + 1;
  x.reply(x.steps ? core::who_is_told(*record, turn, resolve, x.at)
                  : core::forecast(*record, turn, resolve, x.at, most));
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
      [&st](const get_policy& m) { m.reply(*st.record); },   [&st](const edit_policy& m) { st.edit(m); },
      [&st](const remove_policy& m) { st.remove(m); },       [&st](const forecast_policy& m) { st.show_forecast(m); },
  };
}

} // namespace gochron::actors
