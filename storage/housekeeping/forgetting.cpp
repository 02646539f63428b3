#include "storage/housekeeping/forgetting.hpp"

#include <optional>
#include <string>

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

// $3, here and below: only of organisations with this plan; null: of all.
const statement forget_incidents{"forget_incidents", R"(
WITH old AS (
  SELECT i.id FROM incidents i
  WHERE i.state = 'resolved' AND i.resolved_at < $1
    AND ($3::text IS NULL OR i.org_id IN (SELECT o.id FROM organizations o WHERE o.plan = $3))
    AND i.number < (SELECT max(n.number) FROM incidents n WHERE n.org_id = i.org_id)
    AND NOT EXISTS (
      SELECT FROM deliveries d JOIN channels c ON c.id = d.channel_id AND c.org_id = d.org_id
      WHERE d.incident_id = i.id AND d.state = 'pending')
  ORDER BY i.resolved_at LIMIT $2::bigint),
attempts AS (
  DELETE FROM delivery_attempts a USING deliveries d, old WHERE d.incident_id = old.id AND a.delivery_id = d.id),
owed AS (DELETE FROM deliveries d USING old WHERE d.incident_id = old.id),
told AS (DELETE FROM events e USING old WHERE e.incident_id = old.id RETURNING e.org_id, e.position),
lines AS (DELETE FROM incident_timeline t USING old WHERE t.incident_id = old.id),
pressed AS (DELETE FROM link_uses u USING old WHERE u.incident_id = old.id),
ladders AS (DELETE FROM escalations e USING old WHERE e.incident_id = old.id),
said AS (DELETE FROM incident_notes n USING old WHERE n.incident_id = old.id),
learned AS (DELETE FROM incident_postmortems p USING old WHERE p.incident_id = old.id),
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

const statement forget_stretches{"forget_stretches", R"(
WITH gone AS (
  DELETE FROM maintenance_stretches WHERE id IN (
    SELECT id FROM maintenance_stretches WHERE NOT open AND to_at < $1 LIMIT $2::bigint)
  RETURNING 1)
SELECT count(*) FROM gone)"};

// Events of no incident: tests of channels, and channels that were disabled.
const statement forget_events{"forget_events", R"(
WITH old AS (
  SELECT e.id FROM events e
  WHERE e.incident_id IS NULL AND e.at < $1
    AND ($3::text IS NULL OR e.org_id IN (SELECT o.id FROM organizations o WHERE o.plan = $3))
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

const statement short_histories{"short_histories", R"(
SELECT name, history_days FROM plans WHERE history_days < $1 AND name IN (SELECT plan FROM organizations))"};

constexpr std::int64_t piece = 1000;
constexpr int most_pieces = 20;

sql_status forget_in_pieces(connection& db, const statement& what, const params& p) {
  for (int i = 0; i < most_pieces; ++i) {
    auto gone = db.run(what, p);
    if (!gone)
      return sql_fail(gone.error());
    std::int64_t count = 0;
    row_reader{*gone, 0} >> count;
    if (count < piece)
      break;
  }
  return {};
}

// Incidents, with all that belongs to them, and events of none.
sql_status forget_history(connection& db, timestamp before, const std::optional<std::string>& plan) {
  auto p = params{} << before << piece << plan;
  auto done = forget_in_pieces(db, forget_incidents, p);
  return done ? forget_in_pieces(db, forget_events, p) : done;
}

// Plans that keep less than this installation.
sql_status forget_by_plan(connection& db, timestamp now, std::chrono::days kept) {
  auto plans = db.run(short_histories, params{} << kept.count());
  if (!plans)
    return sql_fail(plans.error());
  for (int i = 0; i < plans->size(); ++i) {
    std::string name;
    std::int64_t days = 0;
    row_reader{*plans, i} >> name >> days;
    if (auto done = forget_history(db, now - std::chrono::days{days}, name); !done)
      return done;
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
                                  rule{&forget_stretches, kept.history}})
    if (auto done = forget_in_pieces(db, *what, params{} << now - age << piece); !done)
      return done;
  auto done = forget_history(db, now - kept.history, std::nullopt);
  return done ? forget_by_plan(db, now, kept.history) : done;
}

} // namespace gochron::storage
