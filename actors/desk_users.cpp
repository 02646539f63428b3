#include <algorithm>
#include <iterator>
#include <memory>

#include "actors/desk.hpp"
#include "core/audit_entries.hpp"

namespace gochron::actors {
namespace {

std::vector<notification_rule_record> rules_of_user(const user_id& id, const core::alert_book& book) {
  std::vector<notification_rule_record> all;
  std::ranges::copy_if(book.notification_rules, std::back_inserter(all), [&](auto& x) { return x.spec.user == id; });
  return all;
}

std::vector<channel_id> methods_of_user(const user_id& id, const core::alert_book& book) {
  std::vector<channel_id> all;
  for (const auto& x : book.channels)
    if (x.user == id)
      all.push_back(x.id);
  return all;
}

tl::unexpected<error> no_such_user() {
  return fail(errc::not_found, "No such user.");
}

// Whether a write is to go on: the user is there, in the version that was meant, and `may` has nothing against it.
template <class Message>
status judged(const std::optional<user_record>& now, const Message& x) {
  if (!now)
    return no_such_user();
  if (x.if_version && *x.if_version != now->version)
    return fail(errc::stale, "The user has changed: their version is " + std::to_string(now->version) + ".");
  return {};
}

} // namespace

void desk_state::create(const create_user& x) {
  auto room = deps->usage.reserve(x.org, countable::users);
  if (!room)
    return x.reply(fail(room.error()));
  user_record row;
  auto t = deps->clock.now();
  row.id = user_id::make(t);
  row.org = x.org;
  row.created_at = row.updated_at = t;
  row.spec = x.spec;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, t, nullptr, &row), &row);
  tenants.users->create(std::move(row), std::move(note),
                        reply_to<user_record>{later([this, x, room = *room](result<user_record> saved) {
                          room->settle(saved.has_value() && !x.by.dry);
                          if (saved && !x.by.dry)
                            tenants.directory->put(*saved);
                          x.reply(std::move(saved));
                        })});
}

void desk_state::edit(const edit_user& x) {
  auto now = tenants.directory->find(x.org, x.id);
  if (auto s = judged(now, x); !s)
    return x.reply(fail(s.error()));
  auto wanted = x.edit(now->spec);
  if (!wanted)
    return x.reply(fail(wanted.error()));
  if (*wanted == now->spec)
    return x.reply(std::move(*now));
  auto next = *now;
  next.spec = std::move(*wanted);
  ++next.version;
  next.updated_at = deps->clock.now();
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::update, next.updated_at, &*now, &next), &next);
  auto done = [this, x, based_on = now->version](result<user_record> saved) {
    auto present = tenants.directory->find(x.org, x.id);
    if (!saved && saved.error().code == errc::stale && !x.if_version && present && present->version != based_on)
      return edit(x); // another edit came between, and the caller did not ask to be told
    if (saved && !x.by.dry)
      tenants.directory->put(*saved); // before the answer: from then on the new role is in force
    x.reply(std::move(saved));
  };
  tenants.users->update(std::move(next), std::move(note), reply_to<user_record>{later(std::move(done))});
}

// Their tokens are looked up first, since each leaves its own line in the audit log.
void desk_state::remove(const remove_user& x) {
  auto s = removable(x);
  if (!s)
    return x.reply(std::move(s));
  auto found = [this, x](result<std::vector<token_record>> theirs) {
    theirs ? remove_with(x, std::move(*theirs)) : x.reply(fail(theirs.error()));
  };
  tokens->of_user(x.org, x.id, reply_to<std::vector<token_record>>{later(std::move(found))});
}

status desk_state::removable(const remove_user& x) const {
  auto now = tenants.directory->find(x.org, x.id);
  auto s = judged(now, x);
  return s && x.may ? x.may(*now) : s;
}

// In memory; the rows have gone with their user's. Calls `then` when nothing of it answers any more.
void desk_state::dismiss_belongings(const remove_user& x, const std::function<void()>& then) {
  auto book = deps->alerts.of(x.org);
  for (const auto& rule : rules_of_user(x.id, *book))
    deps->alerts.erase(x.org, rule.id);
  auto methods = methods_of_user(x.id, *book);
  if (methods.empty())
    return then();
  auto left = std::make_shared<std::size_t>(methods.size());
  for (const auto& id : methods) {
    deps->alerts.erase(x.org, id);
    auto dismissed = later([left, then](const status&) {
      if (--*left == 0)
        then();
    });
    deps->dismiss(
        remove_channel{x.org, id, {}, {}, reply_to<void>{std::move(dismissed)}, {}, channel_noun::contact_method});
  }
}

void desk_state::remove_with(const remove_user& x, std::vector<token_record> theirs) {
  auto now = tenants.directory->find(x.org, x.id);
  if (auto s = removable(x); !s) // they may have been changed meanwhile
    return x.reply(std::move(s));
  auto t = deps->clock.now();
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, t, &*now, nullptr));
  for (const auto& token : theirs)
    note.consequences.push_back(core::entry_of(x.by.origin(), audit_action::remove, t, &token, nullptr));
  for (const auto& rule : rules_of_user(x.id, *deps->alerts.of(x.org)))
    note.consequences.push_back(core::entry_of(x.by.origin(), audit_action::remove, t, &rule, nullptr));
  for (const auto& id : methods_of_user(x.id, *deps->alerts.of(x.org)))
    note.consequences.push_back(core::entry_of(x.by.origin(), audit_action::remove, t, x.org,
                                               audited_resource::contact_method, contact_method_of(id).str()));
  auto done = [this, x, theirs, moving = deps->usage.removing_tokens(x.org)](status s) {
    if (!s && s.error().code == errc::stale)
      return remove(x); // a token came or went between
    if (s && !x.by.dry) {
      tenants.directory->erase(x.id); // their tokens let nobody in from here on
      for (const auto& token : theirs)
        cache->forget(token.id);
      deps->usage.give_back(x.org, countable::users);
      deps->usage.give_back(x.org, countable::tokens, static_cast<std::int64_t>(theirs.size()));
      return dismiss_belongings(x, [x] { x.reply({}); });
    }
    x.reply(std::move(s));
  };
  auto row = theirs;
  tenants.users->remove(x.org, x.id, x.if_version, std::move(row), std::move(note),
                        reply_to<void>{later(std::move(done))});
}

} // namespace gochron::actors
