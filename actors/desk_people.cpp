#include "actors/desk.hpp"
#include "core/audit_entries.hpp"

/// Notification rules and teams: a row each, and an entry in the table that escalations read.
namespace gochron::actors {
namespace {

struct notification_rule_noun {
  using id = notification_rule_id;
  using record = notification_rule_record;
  static constexpr const char* missing = "No such notification rule.";
  static constexpr const char* changed = "The notification rule has changed: its version is ";
  static constexpr std::optional<countable> counted = std::nullopt; // a user has room for so many, whatever the plan
};
struct team_noun {
  using id = team_id;
  using record = team_record;
  static constexpr const char* missing = "No such team.";
  static constexpr const char* changed = "The team has changed: its version is ";
  static constexpr std::optional<countable> counted = countable::teams;
};

// What is there in the version that is meant, or why not.
template <class Noun, class Message>
result<typename Noun::record> present(const leaf_deps& deps, const Message& x) {
  auto now = deps.alerts.find(x.org, x.id);
  if (!now)
    return fail(errc::not_found, Noun::missing);
  if (x.if_version && *x.if_version != now->version)
    return fail(errc::stale, Noun::changed + std::to_string(now->version) + ".");
  return *now;
}

template <class Noun, class Message>
void make(desk_state& desk, const Message& x) {
  using record = typename Noun::record;
  usage_ledger::room held;
  if (Noun::counted) {
    auto room = desk.deps->usage.reserve(x.org, *Noun::counted);
    if (!room)
      return x.reply(fail(room.error()));
    held = *room;
  }
  auto t = desk.deps->clock.now();
  record row;
  row.id = x.id.is_nil() ? Noun::id::make(t) : x.id;
  row.org = x.org;
  row.created_at = row.updated_at = t;
  row.spec = x.spec;
  const record* nothing = nullptr;
  const record* made = &row;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, t, nothing, made), &row);
  auto done = [&desk, x, held](result<record> saved) {
    if (held)
      held->settle(saved.has_value() && !x.by.dry);
    if (saved && !x.by.dry)
      desk.deps->alerts.put(*saved);
    x.reply(std::move(saved));
  };
  desk.people_of(x.into).create(std::move(row), std::move(note), reply_to<record>{desk.later(std::move(done))});
}

template <class Noun, class Message>
void change(desk_state& desk, const Message& x) {
  using record = typename Noun::record;
  auto now = present<Noun>(*desk.deps, x);
  if (!now)
    return x.reply(fail(now.error()));
  auto wanted = x.edit(now->spec);
  if (!wanted)
    return x.reply(fail(wanted.error()));
  if (*wanted == now->spec)
    return x.reply(std::move(*now));
  auto next = *now;
  next.spec = std::move(*wanted);
  ++next.version;
  next.updated_at = desk.deps->clock.now();
  const record* before = &*now;
  const record* after = &next;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::update, next.updated_at, before, after), &next);
  auto done = [&desk, x, based_on = now->version](result<record> saved) {
    // Another edit came between: without If-Match the caller did not ask to be told.
    auto is = desk.deps->alerts.find(x.org, x.id);
    if (!saved && saved.error().code == errc::stale && !x.if_version && !x.into && is && is->version != based_on)
      return change<Noun>(desk, x);
    if (saved && !x.by.dry)
      desk.deps->alerts.put(*saved);
    x.reply(std::move(saved));
  };
  desk.people_of(x.into).update(std::move(next), std::move(note), reply_to<record>{desk.later(std::move(done))});
}

template <class Noun, class Message>
void take_away(desk_state& desk, const Message& x) {
  using record = typename Noun::record;
  auto now = present<Noun>(*desk.deps, x);
  if (!now)
    return x.reply(fail(now.error()));
  const record* before = &*now;
  const record* nothing = nullptr;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, desk.deps->clock.now(), before, nothing));
  auto done = [&desk, x](status s) {
    if (s && !x.by.dry) {
      desk.deps->alerts.erase(x.org, x.id);
      if (Noun::counted)
        desk.deps->usage.give_back(x.org, *Noun::counted);
    }
    x.reply(std::move(s));
  };
  desk.people_of(x.into).remove(x.org, x.id, x.if_version, std::move(note),
                                reply_to<void>{desk.later(std::move(done))});
}

} // namespace

void desk_state::create(const create_notification_rule& x) {
  make<notification_rule_noun>(*this, x);
}
void desk_state::edit(const edit_notification_rule& x) {
  change<notification_rule_noun>(*this, x);
}
void desk_state::remove(const remove_notification_rule& x) {
  take_away<notification_rule_noun>(*this, x);
}
void desk_state::show(const get_notification_rule& x) {
  auto now = deps->alerts.find(x.org, x.id);
  now ? x.reply(std::move(*now)) : x.reply(fail(errc::not_found, notification_rule_noun::missing));
}

void desk_state::create(const create_team& x) {
  make<team_noun>(*this, x);
}
void desk_state::edit(const edit_team& x) {
  change<team_noun>(*this, x);
}
void desk_state::remove(const remove_team& x) {
  take_away<team_noun>(*this, x);
}
void desk_state::show(const get_team& x) {
  auto now = deps->alerts.find(x.org, x.id);
  now ? x.reply(std::move(*now)) : x.reply(fail(errc::not_found, team_noun::missing));
}

} // namespace gochron::actors
