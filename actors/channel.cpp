#include "actors/channel.hpp"

#include "core/alert_matching.hpp"
#include "core/audit_entries.hpp"
#include "core/retry_schedule.hpp"
#include "core/webhook_signature.hpp"

namespace gochron::actors {

void channel_actor_state::start(channel_record x) {
  publish(std::move(x));
  claim();
}

void channel_actor_state::on_timer(std::uint32_t token) {
  if (token == record_token && !unrecorded.empty())
    return record_all(std::exchange(unrecorded, {}));
  if (token != timer_epoch)
    return;
  resting = false;
  claim();
}

// The rules' view of this channel changes with it. It does not contain how each attempt went.
void channel_actor_state::publish(channel_record x) {
  auto before = std::exchange(record, std::make_shared<const channel_record>(std::move(x)));
  if (before && before->secret.version != record->secret.version)
    signer.reset();
  if (!before || core::brief_of(*before) != core::brief_of(*record))
    deps->alerts.put(*record);
}

void channel_actor_state::edit(const edit_channel& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  auto write = [this, x] {
    if (x.if_version && *x.if_version != record->version) {
      x.reply(fail(errc::stale, "The channel has changed: its version is " + std::to_string(record->version) + "."));
      return lane.done();
    }
    auto wanted = x.edit(record->spec);
    if (!wanted) {
      x.reply(fail(wanted.error()));
      return lane.done();
    }
    bool revive = record->health.state == channel_state::disabled;
    if (*wanted == record->spec && !revive) {
      x.reply(*record);
      return lane.done();
    }
    auto next = *record;
    next.spec = std::move(*wanted);
    if (revive)
      next.health = core::enabled_again(record->health);
    save(std::move(next), audit_action::update, x.by, x.into, x.reply);
  };
  lane.push(std::move(write), give_up(x.reply));
}

void channel_actor_state::roll(const roll_secret& x) {
  if (!core::kind_of(*record).is_signed())
    return x.reply(fail(errc::conflict, "Channels of this type sign nothing: they have no secret of ours to roll."));
  if (lane.refuses())
    return x.reply(not_taken());
  auto write = [this, x] {
    auto next = *record;
    next.secret = core::roll(record->secret, x.overlap, now());
    save(std::move(next), audit_action::roll_secret, x.by, {}, x.reply);
  };
  lane.push(std::move(write), give_up(x.reply));
}

void channel_actor_state::save(channel_record next, audit_action what, const written_by<channel_record>& by,
                               const part_ptr& into, reply_to<channel_record> reply) {
  ++next.version;
  next.updated_at = now();
  auto note = by.note(core::entry_of(by.origin(), what, next.updated_at, record.get(), &next), &next);
  channels_of(into, *deps)
      .update(std::move(next), std::move(note),
              reply_to<channel_record>{later([this, reply, dry = by.dry](result<channel_record> saved) {
                bool behind = !saved && saved.error().code == errc::stale;
                if (saved && !dry) {
                  publish(*saved);
                  claim();
                }
                reply(std::move(saved));
                if (behind) // as with monitors
                  return self->quit(caf::exit_reason::unhandled_exception);
                lane.done();
              })});
}

void channel_actor_state::remove(const remove_channel& x) {
  if (lane.refuses())
    return x.reply(not_taken());
  auto write = [this, x] {
    if (x.if_version && *x.if_version != record->version) {
      x.reply(fail(errc::stale, "The channel has changed: its version is " + std::to_string(record->version) + "."));
      return lane.done();
    }
    auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, now(), record.get(), nullptr));
    channels_of(x.into, *deps)
        .remove(record->org, record->id, std::move(note), reply_to<void>{later([this, x](status s) {
                  bool gone = s.has_value() && !x.by.dry;
                  if (gone) {
                    deps->alerts.erase(record->org, record->id);
                    deps->usage.give_back(record->org, countable::channels);
                  }
                  x.reply(std::move(s));
                  if (gone)
                    return self->quit(caf::exit_reason::user_shutdown);
                  lane.done();
                })});
  };
  lane.push(std::move(write), give_up(x.reply));
}

channel_actor::behavior_type channel(channel_actor::stateful_pointer<channel_actor_state> self, const leaf_deps* deps,
                                     leaf_address where, channel_record x) {
  auto& st = self->state;
  st.self = self;
  st.deps = deps;
  st.where = where;
  st.start(std::move(x));
  return {
      [&st](const timer_fired& m) { st.on_timer(m.token); }, [](const resume& m) { m.rest(); },
      [&st](const outbox_changed&) { st.claim(); },          [&st](const get_channel& m) { m.reply(*st.record); },
      [&st](const edit_channel& m) { st.edit(m); },          [&st](const remove_channel& m) { st.remove(m); },
      [&st](const roll_secret& m) { st.roll(m); },           [&st](const test_channel& m) { st.test(m); },
      [&st](const redeliver& m) { st.redeliver_one(m); },
  };
}

} // namespace gochron::actors
