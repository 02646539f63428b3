#include "storage/housekeeping/engine_run.hpp"

#include <fmt/format.h>

namespace gochron::storage {
namespace {

const statement begin_engine_run{"begin_engine_run", R"(
WITH last AS (SELECT max(last_seen) AS seen FROM engine_runs),
gap AS (
  INSERT INTO observation_gaps (from_at, to_at) SELECT seen, $2 FROM last WHERE seen < $2
  ON CONFLICT (from_at) DO UPDATE SET to_at = greatest(observation_gaps.to_at, excluded.to_at))
INSERT INTO engine_runs (id, started_at, last_seen) VALUES ($1, $2, $2))"};

const statement end_sessions{"end_sessions", fmt::format(R"(
SELECT count(pg_terminate_backend(pid)) FROM pg_locks
WHERE locktype = 'advisory' AND objid = {} AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
                                                         run_lock)};
const statement wait_for_sessions{"wait_for_sessions",
                                  fmt::format("SELECT pg_advisory_lock({0}), pg_advisory_unlock({0})", run_lock)};

const statement see_engine_run{"see_engine_run",
                               "UPDATE engine_runs SET last_seen = greatest(last_seen, $2) WHERE id = $1"};

const statement select_gaps{"select_gaps",
                            "SELECT from_at, to_at FROM (SELECT from_at, to_at FROM observation_gaps "
                            "WHERE to_at > $1 ORDER BY from_at DESC LIMIT 4096) latest ORDER BY from_at"};

const statement insert_gap{"insert_gap", R"(
INSERT INTO observation_gaps (from_at, to_at) VALUES ($1, $2)
ON CONFLICT (from_at) DO UPDATE SET to_at = greatest(observation_gaps.to_at, excluded.to_at))"};

const statement select_last_seen{"select_last_seen", "SELECT max(last_seen) FROM engine_runs"};

} // namespace

// What the killed engine sent may still be on its way to a commit, which would change rows that we have read.
sql_status end_earlier_runs(connection& db) {
  if (auto ended = db.run(end_sessions); !ended)
    return sql_fail(ended.error());
  if (auto gone = db.run(wait_for_sessions); !gone)
    return sql_fail(gone.error());
  return {};
}

sql_result<uuid> begin_run(connection& db, timestamp now) {
  auto id = make_uuid(now);
  auto begun = db.run(begin_engine_run, params{} << id << now);
  if (!begun)
    return sql_fail(begun.error());
  return id;
}

sql_status see(connection& db, const uuid& run, timestamp now) {
  auto seen = db.run(see_engine_run, params{} << run << now);
  return seen ? sql_status{} : sql_fail(seen.error());
}

sql_result<std::optional<timestamp>> last_seen(connection& db) {
  auto found = db.run(select_last_seen);
  if (!found)
    return sql_fail(found.error());
  std::optional<timestamp> at;
  if (!found->empty())
    row_reader{*found, 0} >> at;
  return at;
}

sql_status add_gap(connection& db, const observation_gap& x) {
  auto added = db.run(insert_gap, params{} << x.from << x.to);
  return added ? sql_status{} : sql_fail(added.error());
}

sql_result<std::vector<observation_gap>> gaps_since(connection& db, timestamp since) {
  auto found = db.run(select_gaps, params{} << since);
  if (!found)
    return sql_fail(found.error());
  return map_rows(*found, [](row_reader& in) {
    observation_gap x;
    in >> x.from >> x.to;
    return x;
  });
}

} // namespace gochron::storage
