#include "actors/desk.hpp"
#include "core/audit_entries.hpp"
#include "core/bytes.hpp"
#include "core/on_call/overrides.hpp"
#include "core/on_call/timetable.hpp"

/// Schedules are read from their rows: nothing in the process has to know them at once.
namespace gochron::actors {
namespace {

status judged(const schedule_record& now, const std::optional<std::int64_t>& if_version) {
  if (if_version && *if_version != now.version)
    return fail(errc::stale, "The schedule has changed: its version is " + std::to_string(now.version) + ".");
  return {};
}

// 128 random bits: who knows it may read.
std::string make_feed_token() {
  uuid random;
  core::fill_random(random.bytes);
  return to_base32(random);
}

} // namespace

void desk_state::create(const create_schedule& x) {
  auto t = deps->clock.now();
  schedule_record row;
  row.id = x.id.is_nil() ? schedule_id::make(t) : x.id;
  row.org = x.org;
  row.created_at = row.updated_at = t;
  row.spec = x.spec;
  row.present = core::first_revision(x.spec, t);
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, t, nullptr, &row), &row);
  auto id = row.id;
  schedules_of(x.into).create(std::move(row), std::move(note), then_hand_over(x.org, id, x.by.dry, x.reply));
}

void desk_state::edit(const edit_schedule& x) {
  auto found = [this, x](result<schedule_record> now) { now ? revise(x, *now) : x.reply(fail(now.error())); };
  schedules->load(x.org, x.id, reply_to<schedule_record>{later(std::move(found))});
}

void desk_state::revise(const edit_schedule& x, const schedule_record& now) {
  if (auto s = judged(now, x.if_version); !s)
    return x.reply(fail(s.error()));
  auto wanted = x.edit(now.spec);
  if (!wanted)
    return x.reply(fail(wanted.error()));
  if (*wanted == now.spec)
    return x.reply(now);
  auto next = now;
  next.spec = std::move(*wanted);
  ++next.version;
  next.updated_at = deps->clock.now();
  bool revised = !core::same_timetable(now.present, next.spec);
  if (revised)
    next.present = core::next_revision(now.present, next.spec, next.updated_at);
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::update, next.updated_at, &now, &next), &next);
  auto done = [this, x](result<schedule_record> saved) {
    // Another edit came between: without If-Match the caller did not ask to be told.
    if (!saved && saved.error().code == errc::stale && !x.if_version && !x.into)
      return edit(x);
    then_hand_over(x.org, x.id, x.by.dry, x.reply)(std::move(saved));
  };
  schedules_of(x.into).update(std::move(next), revised, std::move(note), reply_to<schedule_record>{later(done)});
}

void desk_state::remove(const remove_schedule& x) {
  auto found = [this, x](result<schedule_record> now) {
    if (!now)
      return x.reply(fail(now.error()));
    if (auto s = judged(*now, x.if_version); !s)
      return x.reply(std::move(s));
    auto entry = core::entry_of(x.by.origin(), audit_action::remove, deps->clock.now(), &*now, nullptr);
    schedules_of(x.into).remove(x.org, x.id, x.if_version, x.by.note(std::move(entry)),
                                then_hand_over(x.org, x.id, x.by.dry, x.reply));
  };
  schedules->load(x.org, x.id, reply_to<schedule_record>{later(std::move(found))});
}

void desk_state::create(const create_override& x) {
  auto row = x.wanted;
  row.created_at = deps->clock.now();
  row.id = override_id::make(row.created_at);
  auto entry = core::entry_of(x.by.origin(), audit_action::create, row.created_at, nullptr, &row);
  auto note = x.by.note(std::move(entry), &row);
  auto of = row.of;
  schedules->create(std::move(row), std::move(note), then_hand_over(x.wanted.org, of, x.by.dry, x.reply));
}

void desk_state::edit(const edit_override& x) {
  auto found = [this, x](result<schedule_override> now) { now ? revise(x, *now) : x.reply(fail(now.error())); };
  schedules->load(x.org, x.of, x.id, reply_to<schedule_override>{later(std::move(found))});
}

void desk_state::revise(const edit_override& x, const schedule_override& now) {
  auto t = deps->clock.now();
  auto wanted = x.edit(now, t);
  if (!wanted)
    return x.reply(fail(wanted.error()));
  if (*wanted == now)
    return x.reply(now);
  auto change = core::edited(now, *wanted, t);
  if (!change)
    return x.reply(fail(change.error()));
  if (change->past)
    change->past->id = override_id::make(t);
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::update, t, &now, &change->after), &change->after);
  auto handed_over = then_hand_over(x.org, x.of, x.by.dry, x.reply);
  auto done = [this, x, handed_over](result<schedule_override> saved) {
    // Somebody else's edit came between: this one is of what it is now.
    if (!saved && saved.error().code == errc::stale)
      return edit(x);
    handed_over(std::move(saved));
  };
  schedules->update(now, std::move(change->after), std::move(change->past), std::move(note),
                    reply_to<schedule_override>{later(std::move(done))});
}

void desk_state::remove(const remove_override& x) {
  auto now = deps->clock.now();
  auto entry =
      core::entry_of(x.by.origin(), audit_action::remove, now, x.org, audited_resource::schedule_override, x.id.str());
  schedules->end(x.org, x.of, x.id, now, x.by.note(std::move(entry)), then_hand_over(x.org, x.of, x.by.dry, x.reply));
}

void desk_state::rotate(const rotate_feed& x) {
  schedule_feed made{make_feed_token(), deps->clock.now()};
  auto entry = core::entry_of(x.by.origin(), audit_action::rotate, made.created_at, x.org, audited_resource::schedule,
                              x.id.str());
  auto note = x.by.note(std::move(entry), &made);
  auto done = [made, reply = x.reply](status s) { s ? reply(made) : reply(fail(s.error())); };
  schedules->set_feed(x.org, x.id, core::sha256(made.token), made.created_at, std::move(note),
                      reply_to<void>{std::move(done)});
}

void desk_state::revoke(const revoke_feed& x) {
  auto now = deps->clock.now();
  auto entry = core::entry_of(x.by.origin(), audit_action::revoke, now, x.org, audited_resource::schedule, x.id.str());
  schedules->set_feed(x.org, x.id, std::nullopt, now, x.by.note(std::move(entry)), x.reply);
}

void desk_state::rotate(const rotate_user_feed& x) {
  schedule_feed made{make_feed_token(), deps->clock.now()};
  auto entry =
      core::entry_of(x.by.origin(), audit_action::rotate, made.created_at, x.org, audited_resource::user, x.id.str());
  auto note = x.by.note(std::move(entry), &made);
  auto done = [made, reply = x.reply](status s) { s ? reply(made) : reply(fail(s.error())); };
  tenants.users->set_feed(x.org, x.id, core::sha256(made.token), made.created_at, std::move(note),
                          reply_to<void>{std::move(done)});
}

void desk_state::revoke(const revoke_user_feed& x) {
  auto now = deps->clock.now();
  auto entry = core::entry_of(x.by.origin(), audit_action::revoke, now, x.org, audited_resource::user, x.id.str());
  tenants.users->set_feed(x.org, x.id, std::nullopt, now, x.by.note(std::move(entry)), x.reply);
}

} // namespace gochron::actors
