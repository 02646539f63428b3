#include "bench/harness/seed.hpp"

#include <fmt/format.h>

namespace gochron::bench {
namespace {

// A UUIDv7 as the engine makes them, one a millisecond: rows lie in the order of their ids, as they do in life.
constexpr const char* fresh = R"(
CREATE TEMP TABLE fresh AS
SELECT g, encode(substring(int8send((extract(epoch FROM now()) * 1000)::bigint + g) FROM 3)
                 || substring(uuid_send(gen_random_uuid()) FROM 7), 'hex')::uuid AS id
FROM generate_series(1, {}) g)";

constexpr const char* monitors = R"(
INSERT INTO monitors (id, org_id, version, name, type, tags, paused, ping_token, spec, created_at, updated_at)
SELECT f.id, t.org_id, 1, t.name || '-' || f.g, t.type, x.tags, t.paused,
  CASE WHEN t.ping_token IS NOT NULL THEN substr(md5(f.id::text), 1, 26) END,
  replace(t.spec::text, '//127.0.0.1:', format('//127.0.%s.%s:', f.g / 250 % 4, f.g % 250 + 1))::jsonb
    || jsonb_build_object('name', t.name || '-' || f.g, 'tags', to_jsonb(x.tags)),
  t.created_at, t.updated_at
FROM fresh f CROSS JOIN monitors t
CROSS JOIN LATERAL (
  SELECT CASE WHEN {0} > 0 THEN ARRAY['group-' || f.g % greatest({0}, 1)] ELSE '{{}}'::text[] END AS tags) x
WHERE t.name = '{1}')";

constexpr const char* states = R"(
INSERT INTO monitor_state (monitor_id, org_id, sequence, status, transition, failures, successes, status_since,
                           cause_code, cause_message, last_checked_at, last_ping, run_id, skipped_slots)
SELECT f.id, t.org_id, 1, 'up', 'none', 0, 0, now() - interval '2 days', 'none', '', now(),
  CASE WHEN t.type = 'heartbeat' THEN now() END, '', 0
FROM fresh f CROSS JOIN monitors t WHERE t.name = '{}')";

} // namespace

void multiply(const database& db, const seed_plan& plan) {
  if (!plan.searched)
    db.run("DROP INDEX IF EXISTS monitors_by_search");
  db.run("SET synchronous_commit = off");
  db.run(fmt::format(fresh, plan.count));
  db.run(fmt::format(monitors, plan.tag_groups, plan.name));
  db.run(fmt::format(states, plan.name));
  db.run("DROP TABLE fresh");
  db.run("VACUUM ANALYZE monitors, monitor_state");
  db.run("CHECKPOINT");
}

} // namespace gochron::bench
