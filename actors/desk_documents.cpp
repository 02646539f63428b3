#include "actors/desk.hpp"
#include "core/audit_entries.hpp"

/// What people write about incidents: rows, and nothing in the process has to know them.
namespace gochron::actors {

void desk_state::create(const create_note& x) {
  auto row = x.wanted;
  row.created_at = row.updated_at = deps->clock.now();
  row.id = note_id::make(row.created_at);
  row.author = x.by.who();
  auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::create, row.created_at, nullptr, &row), &row);
  tenants.documents->create(std::move(row), std::move(note), x.reply);
}

void desk_state::edit(const edit_note& x) {
  auto found = [this, x](result<incident_note> now) {
    if (!now)
      return x.reply(fail(now.error()));
    auto next = *now;
    next.text = x.wanted.text;
    next.updated_at = deps->clock.now();
    auto note = x.by.note(core::entry_of(x.by.origin(), audit_action::update, next.updated_at, &*now, &next), &next);
    tenants.documents->update(std::move(next), std::move(note), x.reply);
  };
  tenants.documents->load(x.wanted.org, x.wanted.incident, x.wanted.id,
                          reply_to<incident_note>{later(std::move(found))});
}

void desk_state::remove(const remove_note& x) {
  auto found = [this, x](result<incident_note> now) {
    if (!now)
      return x.reply(fail(now.error()));
    const incident_note* none = nullptr;
    auto entry = core::entry_of(x.by.origin(), audit_action::remove, deps->clock.now(), &*now, none);
    tenants.documents->remove(x.org, x.incident, x.id, x.by.note(std::move(entry)), x.reply);
  };
  tenants.documents->load(x.org, x.incident, x.id, reply_to<incident_note>{later(std::move(found))});
}

void desk_state::write(const write_postmortem& x) {
  auto found = [this, x](result<std::optional<postmortem>> now) {
    if (!now)
      return x.reply(fail(now.error()));
    auto next = x.wanted;
    next.updated_at = deps->clock.now();
    next.created_at = *now ? (*now)->created_at : next.updated_at;
    next.author = x.by.who();
    auto what = *now ? audit_action::update : audit_action::create;
    auto entry = core::entry_of(x.by.origin(), what, next.updated_at, *now ? &**now : nullptr, &next);
    tenants.documents->put(next, x.by.note(std::move(entry), &next), x.reply);
  };
  tenants.documents->load(x.wanted.org, x.wanted.incident,
                          reply_to<std::optional<postmortem>>{later(std::move(found))});
}

void desk_state::remove(const remove_postmortem& x) {
  auto found = [this, x](result<std::optional<postmortem>> now) {
    if (!now)
      return x.reply(fail(now.error()));
    if (!*now)
      return x.reply(fail(errc::not_found, "The incident has no post-mortem."));
    const postmortem* none = nullptr;
    auto entry = core::entry_of(x.by.origin(), audit_action::remove, deps->clock.now(), &**now, none);
    tenants.documents->remove(x.org, x.incident, x.by.note(std::move(entry)), x.reply);
  };
  tenants.documents->load(x.org, x.incident, reply_to<std::optional<postmortem>>{later(std::move(found))});
}

} // namespace gochron::actors
