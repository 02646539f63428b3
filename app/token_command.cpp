#include "app/token_command.hpp"

#include <algorithm>

#include "app/beside.hpp"
#include "core/audit_entries.hpp"
#include "core/token_format.hpp"
#include "storage/migrations/migrate.hpp"

namespace gochron::app {
namespace {

// The organisation that was named, or the first one.
result<org_id> whose(storage::postgres_store& store, const std::string& named) {
  if (named.empty())
    return store.organization();
  auto id = org_id::parse(named);
  if (!id)
    return fail(errc::invalid, "--org takes an id such as `gochron org list` prints.");
  auto found = wait_for<page<organization>>([&](auto reply) { store.queries().organizations({*id}, {1, {}}, reply); });
  if (!found)
    return fail(found.error());
  if (found->rows.empty())
    return fail(errc::not_found, "There is no organisation " + named + ".");
  return *id;
}

token_record new_token(const token_request& wanted, org_id org, const std::string& secret, timestamp now) {
  token_record row;
  row.created_at = now;
  row.id = token_id::make(row.created_at);
  row.org = org;
  row.name = wanted.name;
  row.scopes = wanted.scopes;
  std::sort(row.scopes.begin(), row.scopes.end());
  row.digest = core::token_digest(secret);
  row.hint = core::token_hint(secret);
  return row;
}

} // namespace

int create_token(const configuration& c, const token_request& wanted) {
  if (wanted.name.empty() || wanted.name.size() > 255)
    return complain("--name takes 1 to 255 characters.");
  for (auto& scope : wanted.scopes)
    if (!core::is_valid_scope(scope))
      return complain("`" + scope + "` is no scope. There are <noun>:read, <noun>:write, *:read, *:write and admin.");
  auto beside = open_store(c);
  if (!beside)
    return complain(beside.error());
  auto& store = *beside->store;
  auto org = whose(store, wanted.organization);
  if (!org)
    return complain(org.error());
  if (wanted.if_none) {
    auto some = wait_for<page<token_record>>([&](auto reply) { store.queries().tokens(*org, {}, {1, {}}, reply); });
    if (!some)
      return complain(some.error());
    if (!some->rows.empty())
      return 0;
  }
  auto secret = core::make_token();
  auto row = new_token(wanted, *org, secret, beside->clock->now());
  change_origin from;
  from.who = "cli";
  write_note note;
  note.entry = core::entry_of(from, audit_action::create, row.created_at, nullptr, &row);
  auto saved = wait_for<token_record>([&](auto reply) { store.tokens().create(row, std::move(note), reply); });
  if (!saved)
    return complain(saved.error());
  std::printf("%s\n", secret.c_str());
  return 0;
}

int migrate(const configuration& c, bool dry_run) {
  auto db = open_database(c, storage::embedded_role::attach);
  if (!db)
    return complain(db.error());
  auto report = storage::migrate(db->conninfo, system_wall_clock{}.now(), dry_run);
  if (!report)
    return complain(report.error());
  for (auto& x : report->applied)
    std::printf("%s %s\n", dry_run ? "would apply" : "applied", x.c_str());
  std::printf("schema version %d\n", report->version);
  return 0;
}

} // namespace gochron::app
