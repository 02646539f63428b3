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
  if (gone) // the last one of all that our shard sends
    return token == departed_token ? self->quit(caf::exit_reason::user_shutdown) : void();
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

void channel_actor_state::write(const edit_channel& x) {
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
}

void channel_actor_state::write(const roll_secret& x) {
  if (!core::kind_of(*record).is_signed()) {
    x.reply(fail(errc::conflict, "Channels of this type sign nothing: they have no secret of ours to roll."));
    return lane.done();
  }
  auto next = *record;
  next.secret = core::roll(record->secret, x.overlap, now());
  save(std::move(next), audit_action::roll_secret, x.by, {}, x.reply);
}

void channel_actor_state::save(channel_record next, audit_action what, const written_by<channel_record>& by,
                               const part_ptr& into, reply_to<channel_record> reply) {
  ++next.version;
  next.updated_at = now();
  if (next.is_personal() && next.spec.target != record->spec.target) {
    next.proof = {}; // another address
    next.proof.sent = record->proof.sent;
  }
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

void channel_actor_state::write(const remove_channel& x) {
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, now(), record.get(), nullptr));
  channels_of(x.into, *deps).remove(record->org, record->id, std::move(note), reply_to<void>{later([this, x](status s) {
                                      bool gone_before = !s && s.error().code == errc::not_found;
                                      bool removed = (s.has_value() || gone_before) && !x.by.dry;
                                      removed ? leave() : lane.done();
                                      x.reply(std::move(s));
                                    })});
}

// As with monitors. Attempts that are under way are left to themselves.
void channel_actor_state::leave() {
  gone = true;
  deps->alerts.erase(record->org, record->id);
  if (!record->is_personal())
    deps->usage.give_back(record->org, countable::channels);
  codes.clear();
  ready.clear();
  heard.clear();
  sending.clear();
  for (auto& [id, reply] : std::exchange(tests, {}))
    reply(no_longer());
  lane.done();
  deps->timers.arm(where, milliseconds{0}, departed_token);
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
      [&st](const outbox_changed&) { st.claim(); },          [&st](const get_channel& m) { st.receive(m); },
      [&st](const edit_channel& m) { st.receive(m); },       [&st](const remove_channel& m) { st.receive(m); },
      [&st](const roll_secret& m) { st.receive(m); },        [&st](const test_channel& m) { st.receive(m); },
      [&st](const redeliver& m) { st.receive(m); },          [&st](const send_code& m) { st.receive(m); },
      [&st](const verify_code& m) { st.receive(m); },
  };
}

} // namespace gochron::actors
