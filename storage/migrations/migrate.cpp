#include "storage/migrations/migrate.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "storage/postgres/connection.hpp"

namespace gochron::storage {
namespace {

// One lock for all who migrate; any number does that nobody else uses in this database.
const statement lock_schema{"lock_schema", "SELECT pg_advisory_lock(7462001)::text"};

const statement has_migrations{"has_migrations", "SELECT to_regclass('schema_migrations') IS NOT NULL"};

constexpr auto create_migrations = R"(
CREATE TABLE IF NOT EXISTS schema_migrations (
  number integer PRIMARY KEY,
  slug text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL
))";

const statement select_migrations{"select_migrations",
                                  "SELECT number, slug, checksum FROM schema_migrations ORDER BY number"};

const statement insert_migration{"insert_migration", "INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)"};

const statement insert_organization{"insert_organization", R"(
INSERT INTO organizations (id, name, plan, created_at)
SELECT $1, 'default', 'self_hosted', $2 WHERE NOT EXISTS (SELECT FROM organizations))"};

const statement select_organization{"select_organization",
                                    "SELECT id FROM organizations ORDER BY created_at, id LIMIT 1"};

struct applied {
  std::int32_t number = 0;
  std::string slug, checksum;
};

tl::unexpected<error> failed(const sql_error& why) {
  spdlog::error("migration: {} {}", why.sqlstate, why.message);
  return fail(to_error(why));
}

result<std::vector<applied>> recorded(connection& db) {
  auto present = db.run(has_migrations);
  if (!present)
    return failed(present.error());
  bool exists = false;
  row_reader{*present, 0} >> exists;
  if (!exists)
    return std::vector<applied>{};
  auto found = db.run(select_migrations);
  if (!found)
    return failed(found.error());
  return map_rows(*found, [](row_reader& in) {
    applied x;
    in >> x.number >> x.slug >> x.checksum;
    return x;
  });
}

status compare(const std::vector<applied>& done, std::span<const migration> known) {
  for (const auto& x : done) {
    auto it = std::find_if(known.begin(), known.end(), [&](const migration& m) { return m.number == x.number; });
    if (it == known.end())
      return fail(errc::conflict,
                  fmt::format("The database has migration {:04}_{}, which this binary does not know: it is older than "
                              "the schema. Use the binary that migrated it, or a newer one.",
                              x.number, x.slug));
    if (it->checksum != x.checksum)
      return fail(errc::conflict, fmt::format("Migration {:04}_{} was applied from another text than this binary has.",
                                              x.number, x.slug));
  }
  return {};
}

sql_status apply(connection& db, const migration& m, timestamp now) {
  if (auto begun = db.execute("BEGIN"); !begun)
    return sql_fail(begun.error());
  if (auto done = db.execute(std::string{m.sql}); !done)
    return sql_fail(done.error());
  params p;
  p << m.number << m.slug << m.checksum << now;
  if (auto noted = db.run(insert_migration, p); !noted)
    return sql_fail(noted.error());
  if (auto committed = db.execute("COMMIT"); !committed)
    return sql_fail(committed.error());
  return {};
}

result<org_id> organization(connection& db, timestamp now) {
  params p;
  p << org_id::make(now) << now;
  if (auto made = db.run(insert_organization, p); !made)
    return failed(made.error());
  auto found = db.run(select_organization);
  if (!found)
    return failed(found.error());
  org_id id;
  row_reader{*found, 0} >> id;
  return id;
}

result<migration_report> bring_up(connection& db, timestamp now, const std::vector<applied>& done,
                                  std::span<const migration> known, bool dry_run) {
  migration_report report;
  report.version = done.empty() ? 0 : done.back().number;
  if (!dry_run)
    if (auto table = db.execute(create_migrations); !table)
      return failed(table.error());
  for (const auto& m : known) {
    if (std::any_of(done.begin(), done.end(), [&](const applied& x) { return x.number == m.number; }))
      continue;
    report.applied.push_back(fmt::format("{:04}_{}", m.number, m.slug));
    if (dry_run)
      continue;
    if (auto ok = apply(db, m, now); !ok)
      return failed(ok.error());
    report.version = m.number;
  }
  return report;
}

} // namespace

result<migration_report> migrate(const std::string& conninfo, timestamp now, bool dry_run,
                                 std::span<const migration> known) {
  // A migration may run for long, and wait for long behind another node's.
  session_options patient{std::chrono::hours{1}, std::chrono::minutes{10}, std::chrono::hours{1}};
  auto db = connection::open(conninfo, patient);
  if (!db)
    return failed(db.error());
  if (!dry_run)
    if (auto locked = (*db)->run(lock_schema); !locked) // held until the connection closes
      return failed(locked.error());
  auto done = recorded(**db);
  if (!done)
    return fail(done.error());
  if (auto same = compare(*done, known); !same)
    return fail(same.error());
  auto report = bring_up(**db, now, *done, known, dry_run);
  if (!report || (dry_run && done->empty()))
    return report;
  auto org = organization(**db, now);
  if (!org)
    return fail(org.error());
  report->organization = *org;
  return report;
}

} // namespace gochron::storage
