#include "app/organization_command.hpp"

#include "app/beside.hpp"
#include "core/audit_entries.hpp"
#include "core/organizations.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::app {
namespace {

// The rules of the API, so that whatever is made here can be shown there.
result<organization> checked(const configuration& c, const organization_request& wanted) {
  core::json_writer w;
  w.begin_object();
  w.key("name");
  w.text(wanted.name);
  w.key("plan");
  w.text(!wanted.plan.empty() ? wanted.plan : c.hosted ? "free" : "self_hosted");
  w.end_object();
  return core::read_body(*core::organization_schema(), w.view());
}

} // namespace

int create_organization(const configuration& c, const organization_request& wanted) {
  auto spec = checked(c, wanted);
  if (!spec)
    return complain(spec.error());
  auto beside = open_store(c);
  if (!beside)
    return complain(beside.error());
  auto& store = *beside->store;
  auto made = core::new_organization(spec->name, spec->plan, beside->clock->now());
  change_origin from;
  from.who = "cli";
  write_note note;
  note.entry = core::entry_of(from, audit_action::create, made.record.created_at, store.organization(),
                              audited_resource::organization, made.record.id.str());
  auto saved = wait_for<organization>(
      [&](auto reply) { store.organizations().create(made.record, made.owner_token, std::move(note), reply); });
  if (!saved)
    return complain(saved.error());
  std::printf("%s\n%s\n", made.record.id.str().c_str(), made.secret.c_str());
  return 0;
}

int list_organizations(const configuration& c) {
  auto beside = open_store(c);
  if (!beside)
    return complain(beside.error());
  page_request next{200, {}};
  do {
    auto some =
        wait_for<page<organization>>([&](auto reply) { beside->store->queries().organizations({}, next, reply); });
    if (!some)
      return complain(some.error());
    for (auto& x : some->rows)
      std::printf("%s\t%s\t%s\n", x.id.str().c_str(), x.plan.c_str(), x.name.c_str());
    next.after = some->next;
  } while (next.after);
  return 0;
}

} // namespace gochron::app
