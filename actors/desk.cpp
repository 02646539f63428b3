#include "actors/desk.hpp"

#include "core/audit_entries.hpp"

namespace gochron::actors {

void desk_state::create(const create_rule& x) {
  auto room = deps->usage.reserve(x.org, countable::alert_rules);
  if (!room)
    return x.reply(fail(room.error()));
  alert_rule_record row;
  auto t = deps->clock.now();
  row.id = x.id.is_nil() ? rule_id::make(t) : x.id;
  row.org = x.org;
  row.created_at = row.updated_at = t;
  row.spec = x.spec;
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, t, nullptr, &row), &row);
  rules_of(x.into).create(std::move(row), std::move(note),
                          reply_to<alert_rule_record>{later([this, x, room = *room](result<alert_rule_record> saved) {
                            room->settle(saved.has_value() && !x.by.dry);
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
                            if (saved && !x.by.dry) {
                              deps->alerts.put(*saved);
                              deps->rules_changed(x.org);
                            }
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
  rules_of(x.into).remove(x.org, x.id, x.if_version, std::move(note), reply_to<void>{later([this, x](status s) {
                            if (s && !x.by.dry) {
                              deps->alerts.erase(x.org, x.id);
                              deps->rules_changed(x.org);
                              deps->usage.give_back(x.org, countable::alert_rules);
                            }
                            x.reply(std::move(s));
                          })});
}

desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, const leaf_deps* deps, rule_store* rules,
                               token_store* tokens, token_cache* cache, tenant_deps tenants, schedule_store* schedules,
                               people_store* people) {
  auto& st = self->state;
  st.self = self;
  st.deps = deps;
  st.rules = rules;
  st.tokens = tokens;
  st.cache = cache;
  st.tenants = tenants;
  st.schedules = schedules;
  st.people = people;
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
      [&st](const edit_token& m) { st.edit(m); },
      [&st](const rotate_token& m) { st.rotate(m); },
      [&st](const remove_token& m) { st.remove(m); },
      [&st](const create_user& m) { st.create(m); },
      [&st](const edit_user& m) { st.edit(m); },
      [&st](const remove_user& m) { st.remove(m); },
      [&st](const create_organization& m) { st.create(m); },
      [&st](const create_schedule& m) { st.create(m); },
      [&st](const get_schedule& m) { st.schedules->load(m.org, m.id, m.reply); },
      [&st](const edit_schedule& m) { st.edit(m); },
      [&st](const remove_schedule& m) { st.remove(m); },
      [&st](const create_override& m) { st.create(m); },
      [&st](const remove_override& m) { st.remove(m); },
      [&st](const rotate_feed& m) { st.rotate(m); },
      [&st](const revoke_feed& m) { st.revoke(m); },
      [&st](const edit_override& m) { st.edit(m); },
      [&st](const rotate_user_feed& m) { st.rotate(m); },
      [&st](const revoke_user_feed& m) { st.revoke(m); },
      [&st](const create_notification_rule& m) { st.create(m); },
      [&st](const get_notification_rule& m) { st.show(m); },
      [&st](const edit_notification_rule& m) { st.edit(m); },
      [&st](const remove_notification_rule& m) { st.remove(m); },
      [&st](const create_team& m) { st.create(m); },
      [&st](const get_team& m) { st.show(m); },
      [&st](const edit_team& m) { st.edit(m); },
      [&st](const remove_team& m) { st.remove(m); },
      [&st](const create_note& m) { st.create(m); },
      [&st](const edit_note& m) { st.edit(m); },
      [&st](const remove_note& m) { st.remove(m); },
      [&st](const write_postmortem& m) { st.write(m); },
      [&st](const remove_postmortem& m) { st.remove(m); },
  };
}

} // namespace gochron::actors
