#include "actors/desk.hpp"
#include "core/audit_entries.hpp"
#include "core/organizations.hpp"

namespace gochron::actors {

void desk_state::create(const create_organization& x) {
  auto made = core::new_organization(x.name, x.plan, deps->clock.now());
  auto entry = core::entry_of(x.by.origin(), audit_action::create, made.record.created_at, x.by_org,
                              audited_resource::organization, made.record.id.str());
  auto note = x.by.note(std::move(entry), &made);
  auto done = [this, x, made](result<organization> saved) {
    if (!saved)
      return x.reply(fail(saved.error()));
    if (!x.by.dry) {
      deps->usage.put(*saved);
      deps->usage.add(saved->id, countable::tokens);
      cache->put(made.owner_token);
    }
    x.reply(made);
  };
  tenants.organizations->create(made.record, made.owner_token, std::move(note),
                                reply_to<organization>{later(std::move(done))});
}

} // namespace gochron::actors
