#include "actors/desk.hpp"

#include <cstring>

#include "core/audit_entries.hpp"
#include "core/token_format.hpp"

namespace gochron::actors {

std::size_t token_cache::digest_hash::operator()(const sha256_digest& x) const {
  std::size_t h;
  std::memcpy(&h, x.data(), sizeof h);
  return h;
}

std::optional<token_record> token_cache::find(const sha256_digest& digest) const {
  std::shared_lock lock{mutex_};
  auto it = by_digest_.find(digest);
  return it == by_digest_.end() ? std::nullopt : std::optional{it->second};
}

void token_cache::put(token_record x) {
  std::unique_lock lock{mutex_};
  if (forgotten_.contains(x.id))
    return;
  digests_[x.id] = x.digest;
  by_digest_[x.digest] = std::move(x);
}

void token_cache::forget(token_id id) {
  std::unique_lock lock{mutex_};
  forgotten_[id] = true;
  if (auto it = digests_.find(id); it != digests_.end()) {
    by_digest_.erase(it->second);
    digests_.erase(it);
  }
  noted_.erase(id);
}

bool token_cache::should_note_use(token_id id, timestamp now) {
  {
    std::shared_lock lock{mutex_};
    if (auto it = noted_.find(id); it != noted_.end() && now - it->second < std::chrono::minutes{1})
      return false;
  }
  std::unique_lock lock{mutex_};
  noted_[id] = now;
  return true;
}

void desk_state::create(const create_rule& x) {
  alert_rule_record row;
  auto t = deps->clock.now();
  row.id = x.id.is_nil() ? rule_id::make(t) : x.id;
  row.org = x.org;
  row.created_at = row.updated_at = t;
  row.spec = x.spec;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, t, nullptr, &row), &row);
  rules_of(x.into).create(std::move(row), std::move(note),
                          reply_to<alert_rule_record>{later([this, x](result<alert_rule_record> saved) {
                            if (saved && !x.by.dry)
                              deps->alerts.put(*saved);
                            x.reply(std::move(saved));
                          })});
}

void desk_state::edit(const edit_rule& x) {
  auto now = deps->alerts.rule(x.org, x.id);
  if (!now)
    return x.reply(fail(errc::not_found, "No such alert rule."));
  if (x.if_version && *x.if_version != now->version)
    return x.reply(fail(errc::stale, "The rule has changed: its version is " + std::to_string(now->version) + "."));
  auto wanted = x.edit(now->spec);
  if (!wanted)
    return x.reply(fail(wanted.error()));
  if (*wanted == now->spec)
    return x.reply(std::move(*now));
  auto based_on = now->version;
  auto next = *now;
  next.spec = std::move(*wanted);
  ++next.version;
  next.updated_at = deps->clock.now();
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::update, next.updated_at, &*now, &next), &next);
  rules_of(x.into).update(std::move(next), std::move(note),
                          reply_to<alert_rule_record>{later([=, this](result<alert_rule_record> saved) {
                            // Another edit came between: without If-Match the caller did not ask to be told, so do it
                            // over on the new row.
                            auto present = deps->alerts.rule(x.org, x.id);
                            if (!saved && saved.error().code == errc::stale && !x.if_version && !x.into && present &&
                                present->version != based_on)
                              return edit(x);
                            if (saved && !x.by.dry)
                              deps->alerts.put(*saved);
                            x.reply(std::move(saved));
                          })});
}

void desk_state::remove(const remove_rule& x) {
  auto now = deps->alerts.rule(x.org, x.id);
  if (!now)
    return x.reply(fail(errc::not_found, "No such alert rule."));
  if (x.if_version && *x.if_version != now->version)
    return x.reply(fail(errc::stale, "The rule has changed: its version is " + std::to_string(now->version) + "."));
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::remove, deps->clock.now(), &*now, nullptr));
  rules_of(x.into).remove(x.org, x.id, std::move(note), reply_to<void>{later([this, x](status s) {
                            if (s && !x.by.dry)
                              deps->alerts.erase(x.org, x.id);
                            x.reply(std::move(s));
                          })});
}

void desk_state::create(const create_token& x) {
  auto t = deps->clock.now();
  created_token made;
  made.secret = core::make_token();
  made.record.id = token_id::make(t);
  made.record.org = x.org;
  made.record.name = x.name;
  made.record.scopes = x.scopes;
  made.record.digest = core::token_digest(made.secret);
  made.record.hint = core::token_hint(made.secret);
  made.record.created_at = t;
  made.record.expires_at = x.expires_at;
  auto row = made.record;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, t, nullptr, &row), &made);
  tokens->create(std::move(row), std::move(note),
                 reply_to<token_record>{later([this, x, made](result<token_record> saved) {
                   if (!saved)
                     return x.reply(fail(saved.error()));
                   if (!x.by.dry)
                     cache->put(*saved);
                   x.reply(created_token{std::move(*saved), made.secret});
                 })});
}

void desk_state::remove(const remove_token& x) {
  auto entry = core::entry_of(x.by.origin(), audit_action::remove, deps->clock.now(), x.org, audited_resource::token,
                              x.id.str());
  tokens->remove(x.org, x.id, x.by.note(std::move(entry)), reply_to<void>{later([this, x](status s) {
                   if (s && !x.by.dry)
                     cache->forget(x.id);
                   x.reply(std::move(s));
                 })});
}

desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, const leaf_deps* deps, rule_store* rules,
                               token_store* tokens, token_cache* cache) {
  auto& st = self->state;
  st.self = self;
  st.deps = deps;
  st.rules = rules;
  st.tokens = tokens;
  st.cache = cache;
  return {
      [](const resume& m) { m.rest(); },
      [&st](const create_rule& m) { st.create(m); },
      [&st](const get_rule& m) {
        auto x = st.deps->alerts.rule(m.org, m.id);
        x ? m.reply(std::move(*x)) : m.reply(fail(errc::not_found, "No such alert rule."));
      },
      [&st](const edit_rule& m) { st.edit(m); },
      [&st](const remove_rule& m) { st.remove(m); },
      [&st](const create_token& m) { st.create(m); },
      [&st](const remove_token& m) { st.remove(m); },
  };
}

} // namespace gochron::actors
