#include "actors/desk.hpp"
#include "core/audit_entries.hpp"
#include "core/token_format.hpp"

namespace gochron::actors {
namespace {

status judged(const token_record& now, const std::optional<std::int64_t>& if_version) {
  if (if_version && *if_version != now.version)
    return fail(errc::stale, "The token has changed: its version is " + std::to_string(now.version) + ".");
  return {};
}

} // namespace

void desk_state::create(const create_token& x) {
  if (x.user && !tenants.directory->find(x.org, *x.user)) {
    error e{errc::invalid, "The token cannot be made like this.", {}, {}, {}};
    e.violations.push_back({"/user_id", "unknown_id", "No such user."});
    return x.reply(fail(std::move(e)));
  }
  auto room = deps->usage.reserve(x.org, countable::tokens);
  if (!room)
    return x.reply(fail(room.error()));
  auto t = deps->clock.now();
  created_token made;
  made.secret = core::make_token();
  made.record.id = token_id::make(t);
  made.record.org = x.org;
  made.record.name = x.name;
  made.record.scopes = x.scopes;
  made.record.user = x.user;
  made.record.digest = core::token_digest(made.secret);
  made.record.hint = core::token_hint(made.secret);
  made.record.created_at = t;
  made.record.expires_at = x.expires_at;
  auto row = made.record;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, t, nullptr, &row), &made);
  auto done = [this, x, made, room = *room](result<token_record> saved) {
    room->settle(saved.has_value() && !x.by.dry);
    if (!saved)
      return x.reply(fail(saved.error()));
    if (!x.by.dry)
      cache->put(*saved);
    x.reply(created_token{std::move(*saved), made.secret});
  };
  tokens->create(std::move(row), std::move(note), reply_to<token_record>{later(std::move(done))});
}

void desk_state::edit(const edit_token& x) {
  auto found = [this, x](result<token_record> now) {
    if (!now)
      return x.reply(fail(now.error()));
    if (auto s = judged(*now, x.if_version); !s)
      return x.reply(fail(s.error()));
    auto next = x.edit(*now);
    if (!next)
      return x.reply(fail(next.error()));
    if (next->name == now->name && next->expires_at == now->expires_at)
      return x.reply(std::move(*now));
    ++next->version;
    auto note =
        x.by.note(core::entry_of(x.by.origin(), audit_action::update, deps->clock.now(), &*now, &*next), &*next);
    auto done = [this, x](result<token_record> saved) {
      if (!saved && saved.error().code == errc::stale && !x.if_version)
        return edit(x); // another edit came between, and the caller did not ask to be told
      if (saved && !x.by.dry)
        cache->put(*saved);
      x.reply(std::move(saved));
    };
    tokens->update(std::move(*next), std::move(note), reply_to<token_record>{later(std::move(done))});
  };
  tokens->load(x.org, x.id, reply_to<token_record>{later(std::move(found))});
}

void desk_state::rotate(const rotate_token& x) {
  auto found = [this, x](result<token_record> now) {
    if (!now)
      return x.reply(fail(now.error()));
    auto s = judged(*now, x.if_version);
    if (s && x.may)
      s = x.may(*now);
    if (!s)
      return x.reply(fail(s.error()));
    auto t = deps->clock.now();
    created_token made{*now, core::make_token()};
    auto& next = made.record;
    next.previous_digest.reset();
    next.previous_expires_at.reset();
    if (x.overlap.count() > 0) {
      next.previous_digest = now->digest;
      next.previous_expires_at = t + x.overlap;
    }
    next.digest = core::token_digest(made.secret);
    next.hint = core::token_hint(made.secret);
    ++next.version;
    auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::rotate, t, &*now, &next), &made);
    auto done = [this, x, secret = made.secret](result<token_record> saved) {
      if (!saved && saved.error().code == errc::stale && !x.if_version)
        return rotate(x);
      if (!saved)
        return x.reply(fail(saved.error()));
      if (!x.by.dry)
        cache->put(*saved); // before the answer: what is not in the overlap is out
      x.reply(created_token{std::move(*saved), secret});
    };
    auto row = next;
    tokens->update(std::move(row), std::move(note), reply_to<token_record>{later(std::move(done))});
  };
  tokens->load(x.org, x.id, reply_to<token_record>{later(std::move(found))});
}

void desk_state::remove(const remove_token& x) {
  auto found = [this, x](result<token_record> now) {
    if (!now)
      return x.reply(fail(now.error()));
    if (auto s = judged(*now, x.if_version); !s)
      return x.reply(std::move(s));
    auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, deps->clock.now(), &*now, nullptr));
    auto done = [this, x, moving = deps->usage.removing_tokens(x.org)](status s) {
      if (!s && s.error().code == errc::stale && !x.if_version)
        return remove(x); // an edit came between, and the caller did not ask to be told
      if (s && !x.by.dry) {
        cache->forget(x.id);
        deps->usage.give_back(x.org, countable::tokens);
      }
      x.reply(std::move(s));
    };
    tokens->remove(x.org, x.id, now->version, std::move(note), reply_to<void>{later(std::move(done))});
  };
  tokens->load(x.org, x.id, reply_to<token_record>{later(std::move(found))});
}

} // namespace gochron::actors
