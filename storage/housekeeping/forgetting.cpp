#include "storage/housekeeping/forgetting.hpp"

namespace gochron::storage {
namespace {

const statement purge_batches{"purge_batches", "DELETE FROM write_batches WHERE written_at < $1"};
const statement purge_hours{"purge_hours", "DELETE FROM result_rollups_hour WHERE bucket < $1"};
const statement purge_runs{"purge_runs", R"(
DELETE FROM engine_runs WHERE last_seen < $1 AND last_seen < (SELECT max(last_seen) FROM engine_runs))"};

const statement forget_attempts{"forget_attempts", R"(
WITH gone AS (
  DELETE FROM delivery_attempts WHERE id = ANY(ARRAY(
    SELECT a.id FROM delivery_attempts a LEFT JOIN deliveries d ON d.id = a.delivery_id
    WHERE a.started_at < $1 AND d.state IS DISTINCT FROM 'pending' LIMIT $2::bigint))
  RETURNING 1)
SELECT count(*) FROM gone)"};

const statement forget_incidents{"forget_incidents", R"(
WITH old AS (
  SELECT i.id FROM incidents i
  WHERE i.state = 'resolved' AND i.resolved_at < $1
    AND i.number < (SELECT max(n.number) FROM incidents n WHERE n.org_id = i.org_id)
    AND NOT EXISTS (SELECT FROM deliveries d WHERE d.incident_id = i.id AND d.state = 'pending')
  ORDER BY i.resolved_at LIMIT $2::bigint),
attempts AS (
  DELETE FROM delivery_attempts a USING deliveries d, old WHERE d.incident_id = old.id AND a.delivery_id = d.id),
owed AS (DELETE FROM deliveries d USING old WHERE d.incident_id = old.id),
told AS (DELETE FROM events e USING old WHERE e.incident_id = old.id RETURNING e.org_id, e.position),
lines AS (DELETE FROM incident_timeline t USING old WHERE t.incident_id = old.id),
gone AS (DELETE FROM incidents i USING old WHERE i.id = old.id RETURNING 1),
horizon AS (
  INSERT INTO event_horizons AS h SELECT org_id, max(position) FROM told GROUP BY org_id
  ON CONFLICT (org_id) DO UPDATE SET position = greatest(h.position, excluded.position))
SELECT count(*) FROM gone)"};

const statement forget_answers{"forget_answers", R"(
WITH gone AS (
  DELETE FROM kept_answers WHERE (token_id, key) IN (
    SELECT token_id, key FROM kept_answers WHERE kept_at < $1 ORDER BY kept_at LIMIT $2::bigint)
  RETURNING 1)
SELECT count(*) FROM gone)"};

// Events of no incident: tests of channels, and channels that were disabled.
const statement forget_events{"forget_events", R"(
WITH old AS (
  SELECT e.id FROM events e
  WHERE e.incident_id IS NULL AND e.at < $1
    AND NOT EXISTS (
      SELECT FROM deliveries d WHERE d.incident_id IS NULL AND d.event_id = e.id AND d.state = 'pending')
  ORDER BY e.at LIMIT $2::bigint),
attempts AS (
  DELETE FROM delivery_attempts a USING deliveries d, old
  WHERE d.incident_id IS NULL AND d.event_id = old.id AND a.delivery_id = d.id),
owed AS (DELETE FROM deliveries d USING old WHERE d.incident_id IS NULL AND d.event_id = old.id),
gone AS (DELETE FROM events e USING old WHERE e.id = old.id RETURNING e.org_id, e.position),
horizon AS (
  INSERT INTO event_horizons AS h SELECT org_id, max(position) FROM gone GROUP BY org_id
  ON CONFLICT (org_id) DO UPDATE SET position = greatest(h.position, excluded.position))
SELECT count(*) FROM gone)"};

constexpr std::int64_t piece = 1000;
constexpr int most_pieces = 20;

sql_status forget_in_pieces(connection& db, const statement& what, timestamp before) {
  for (int i = 0; i < most_pieces; ++i) {
    auto gone = db.run(what, params{} << before << piece);
    if (!gone)
      return sql_fail(gone.error());
    std::int64_t count = 0;
    row_reader{*gone, 0} >> count;
    if (count < piece)
      break;
  }
  return {};
}

} // namespace

sql_status forget(connection& db, timestamp now, const retention& kept) {
  struct rule {
    const statement* what;
    std::chrono::hours age;
  };
  for (const auto& [what, age] : {rule{&purge_batches, kept.write_batches}, rule{&purge_hours, kept.hour_rollups},
                                  rule{&purge_runs, kept.results}})
    if (auto done = db.run(*what, params{} << now - age); !done)
      return sql_fail(done.error());
  for (const auto& [what, age] : {rule{&forget_answers, kept.answers}, rule{&forget_attempts, kept.results},
                                  rule{&forget_incidents, kept.history}, rule{&forget_events, kept.history}})
    if (auto done = forget_in_pieces(db, *what, now - age); !done)
      return done;
  return {};
}

} // namespace gochron::storage
