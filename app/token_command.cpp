#include "app/token_command.hpp"

#include <algorithm>
#include <cstdio>
#include <future>

#include "app/database.hpp"
#include "core/audit_entries.hpp"
#include "core/token_format.hpp"
#include "storage/migrations/migrate.hpp"
#include "storage/postgres_store.hpp"

namespace gochron::app {
namespace {

int complain(const std::string& why) {
  std::fprintf(stderr, "gochron: %s\n", why.c_str());
  return 1;
}

/// Waits for the answer of one call of the store.
template <class T, class F>
result<T> wait_for(F ask) {
  std::promise<result<T>> told;
  auto answer = told.get_future();
  ask(reply_to<T>{[&told](result<T> x) { told.set_value(std::move(x)); }});
  return answer.get();
}

} // namespace

int create_token(const configuration& c, const token_request& wanted) {
  if (wanted.name.empty() || wanted.name.size() > 255)
    return complain("--name takes 1 to 255 characters.");
  for (auto& scope : wanted.scopes)
    if (!core::is_valid_scope(scope))
      return complain("`" + scope + "` is no scope. There are <noun>:read, <noun>:write, *:read, *:write and admin.");
  auto key = secret_key(c);
  if (!key)
    return complain(key.error().detail);
  auto db = open_database(c, storage::embedded_role::attach);
  if (!db)
    return complain(db.error().detail);
  system_wall_clock clock;
  storage::store_options options;
  options.conninfo = db->conninfo;
  options.key = *key;
  options.clock = &clock;
  options.engine = false;
  auto store = storage::postgres_store::open(std::move(options));
  if (!store)
    return complain(store.error().detail);
  auto org = (*store)->organization();
  if (wanted.if_none) {
    auto some = wait_for<page<token_record>>([&](auto reply) { (*store)->queries().tokens(org, {}, {1, {}}, reply); });
    if (!some)
      return complain(some.error().detail);
    if (!some->rows.empty())
      return 0;
  }
  auto secret = core::make_token();
  token_record row;
  row.created_at = clock.now();
  row.id = token_id::make(row.created_at);
  row.org = org;
  row.name = wanted.name;
  row.scopes = wanted.scopes;
  std::sort(row.scopes.begin(), row.scopes.end());
  row.digest = core::token_digest(secret);
  row.hint = core::token_hint(secret);
  change_origin from;
  from.who = "cli";
  write_note note;
  note.entry = core::entry_of(from, audit_action::create, row.created_at, nullptr, &row);
  auto saved = wait_for<token_record>([&](auto reply) { (*store)->tokens().create(row, note, reply); });
  if (!saved)
    return complain(saved.error().detail);
  std::printf("%s\n", secret.c_str());
  return 0;
}

int migrate(const configuration& c, bool dry_run) {
  auto db = open_database(c, storage::embedded_role::attach);
  if (!db)
    return complain(db.error().detail);
  auto report = storage::migrate(db->conninfo, system_wall_clock{}.now(), dry_run);
  if (!report)
    return complain(report.error().detail);
  for (auto& x : report->applied)
    std::printf("%s %s\n", dry_run ? "would apply" : "applied", x.c_str());
  std::printf("schema version %d\n", report->version);
  return 0;
}

} // namespace gochron::app
