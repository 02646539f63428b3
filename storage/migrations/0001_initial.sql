-- Every table of the product carries org_id. The engine's own (write_batches, engine_runs, rollup_*, schema_migrations)
-- do not. No default is ever a clock: each timestamp is a parameter.

CREATE TABLE organizations (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  plan text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE api_tokens (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  digest bytea NOT NULL UNIQUE,
  hint text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  last_used_at timestamptz,
  last_used_ip text
);
CREATE INDEX api_tokens_by_org ON api_tokens (org_id, created_at, id);

CREATE TABLE monitors (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  key text,
  name text NOT NULL,
  type text NOT NULL,
  tags text[] NOT NULL,
  paused boolean NOT NULL,
  ping_token text UNIQUE,
  spec jsonb NOT NULL,
  sealed bytea,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX monitors_by_key ON monitors (org_id, key) WHERE key IS NOT NULL;
CREATE INDEX monitors_by_created ON monitors (org_id, created_at, id);
CREATE INDEX monitors_by_updated ON monitors (org_id, updated_at, id);
CREATE INDEX monitors_by_name ON monitors (org_id, name, id);
CREATE INDEX monitors_by_tag ON monitors USING gin (tags);

-- What is observed. A row is made and deleted with its monitor; written only where `sequence` grows.
CREATE TABLE monitor_state (
  monitor_id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  sequence bigint NOT NULL,
  status text NOT NULL,
  transition text NOT NULL,
  first_failure timestamptz,
  failures bigint NOT NULL,
  first_success timestamptz,
  successes bigint NOT NULL,
  status_since timestamptz NOT NULL,
  cause_code text NOT NULL,
  cause_message text NOT NULL,
  last_checked_at timestamptz,
  open_incident_id uuid,
  last_ping timestamptz,
  run_started_at timestamptz,
  run_id text NOT NULL,
  last_duration_ms bigint,
  skipped_slots bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX monitor_state_by_org ON monitor_state (org_id);

CREATE TABLE status_changes (
  monitor_id uuid NOT NULL,
  sequence bigint NOT NULL,
  org_id uuid NOT NULL,
  effective_at timestamptz NOT NULL,
  decided_at timestamptz NOT NULL,
  from_status text NOT NULL,
  to_status text NOT NULL,
  cause_code text NOT NULL,
  cause_message text NOT NULL,
  incident_id uuid,
  PRIMARY KEY (monitor_id, sequence)
);
CREATE INDEX status_changes_by_time ON status_changes (monitor_id, effective_at, sequence);

-- One row an attempt. trigger, verdict and reason are the positions in the enums of gochron/check.hpp, which only
-- ever grow at their ends.
CREATE TABLE check_results (
  round_at timestamptz NOT NULL,
  scheduled_at timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  monitor_id uuid NOT NULL,
  org_id uuid NOT NULL,
  lag_ms integer NOT NULL,
  response_time_ms integer NOT NULL,
  dns_ms integer,
  connect_ms integer,
  tls_ms integer,
  first_byte_ms integer,
  transfer_ms integer,
  remote_port integer NOT NULL,
  attempt smallint NOT NULL,
  trigger smallint NOT NULL,
  verdict smallint NOT NULL,
  reason smallint NOT NULL,
  http_status integer,
  http_version text,
  remote_ip text,
  message text,
  ping_kind text,
  ping_body bytea,
  details jsonb
) PARTITION BY RANGE (round_at);
CREATE INDEX check_results_by_monitor ON check_results (monitor_id, round_at, attempt, trigger);
CREATE INDEX check_results_by_time ON check_results USING brin (round_at);

-- Latencies of good checks as a sparse histogram: bin b counts responses of [1.2^b, 1.2^(b+1)) ms.
CREATE TABLE result_rollups_minute (
  monitor_id uuid NOT NULL,
  bucket timestamptz NOT NULL,
  org_id uuid NOT NULL,
  checks bigint NOT NULL,
  up bigint NOT NULL,
  degraded bigint NOT NULL,
  down bigint NOT NULL,
  errors bigint NOT NULL,
  latency_sum_ms bigint NOT NULL,
  latency_max_ms bigint NOT NULL,
  latency_bins integer[] NOT NULL,
  latency_counts bigint[] NOT NULL,
  PRIMARY KEY (monitor_id, bucket)
);
CREATE INDEX result_rollups_minute_by_time ON result_rollups_minute USING brin (bucket);
CREATE TABLE result_rollups_hour (LIKE result_rollups_minute INCLUDING ALL);
CREATE TABLE result_rollups_day (LIKE result_rollups_minute INCLUDING ALL);

-- Everything before `upto` is rolled up; minutes that changed afterwards are dirty until they are done again.
CREATE TABLE rollup_watermarks (
  grain text PRIMARY KEY,
  upto timestamptz NOT NULL
);
CREATE TABLE rollup_dirty (
  grain text NOT NULL,
  bucket timestamptz NOT NULL,
  PRIMARY KEY (grain, bucket)
);

CREATE TABLE incidents (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  number bigint NOT NULL,
  title text NOT NULL,
  state text NOT NULL,
  severity text NOT NULL,
  monitor_id uuid NOT NULL,
  monitor_name text NOT NULL,
  cause_code text NOT NULL,
  cause_message text NOT NULL,
  started_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by text NOT NULL,
  recovered_at timestamptz,
  resolved_at timestamptz,
  resolved_by text NOT NULL,
  sequence bigint NOT NULL,
  told uuid[] NOT NULL,
  UNIQUE (org_id, number)
);
CREATE INDEX incidents_by_time ON incidents (org_id, opened_at, id);
CREATE INDEX incidents_by_monitor ON incidents (monitor_id, opened_at, id);
CREATE INDEX incidents_open ON incidents (org_id) WHERE state <> 'resolved';

CREATE TABLE incident_timeline (
  id uuid PRIMARY KEY,
  incident_id uuid NOT NULL,
  org_id uuid NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  actor text NOT NULL,
  message text NOT NULL,
  rule_id uuid,
  channel_id uuid,
  delivery_id uuid
);
CREATE INDEX incident_timeline_by_incident ON incident_timeline (incident_id, at, id);

CREATE TABLE events (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  type text NOT NULL,
  incident_id uuid,
  sequence bigint NOT NULL,
  at timestamptz NOT NULL,
  body text NOT NULL
);

-- The outbox.
CREATE TABLE deliveries (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  rule_id uuid,
  event_id uuid NOT NULL,
  incident_id uuid,
  state text NOT NULL,
  attempts integer NOT NULL,
  attempts_base integer NOT NULL,
  sequence bigint NOT NULL, -- of the event within its incident
  created_at timestamptz NOT NULL,
  next_attempt_at timestamptz,
  finished_at timestamptz,
  last_error text NOT NULL
);
CREATE INDEX deliveries_pending ON deliveries (channel_id, incident_id, sequence) WHERE state = 'pending';
CREATE INDEX deliveries_by_org ON deliveries (org_id, created_at, id);
CREATE INDEX deliveries_by_channel ON deliveries (channel_id, created_at, id);
CREATE INDEX deliveries_by_incident ON deliveries (incident_id, created_at, id) WHERE incident_id IS NOT NULL;

CREATE TABLE delivery_attempts (
  id uuid PRIMARY KEY,
  delivery_id uuid NOT NULL,
  org_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  number integer NOT NULL,
  started_at timestamptz NOT NULL,
  duration_ms bigint NOT NULL,
  dns_ms bigint,
  connect_ms bigint,
  tls_ms bigint,
  first_byte_ms bigint,
  transfer_ms bigint,
  remote_ip text NOT NULL,
  status integer NOT NULL,
  response_headers jsonb NOT NULL,
  response_body text NOT NULL,
  error text NOT NULL,
  message text NOT NULL
);
CREATE INDEX delivery_attempts_by_delivery ON delivery_attempts (delivery_id, started_at, id);

CREATE TABLE channels (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  name text NOT NULL,
  enabled boolean NOT NULL,
  spec jsonb NOT NULL,
  sealed bytea,
  secret_sealed bytea NOT NULL,
  previous_secret_sealed bytea,
  secret_version integer NOT NULL,
  secret_created_at timestamptz NOT NULL,
  previous_expires_at timestamptz,
  health_state text NOT NULL,
  consecutive_failures bigint NOT NULL,
  failing_since timestamptz,
  last_success_at timestamptz,
  disabled_reason text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX channels_by_org ON channels (org_id, created_at, id);

CREATE TABLE alert_rules (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  name text NOT NULL,
  enabled boolean NOT NULL,
  spec jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX alert_rules_by_org ON alert_rules (org_id, created_at, id);

CREATE TABLE alert_rule_channels (
  rule_id uuid NOT NULL REFERENCES alert_rules (id) ON DELETE CASCADE,
  channel_id uuid NOT NULL REFERENCES channels (id),
  org_id uuid NOT NULL,
  PRIMARY KEY (rule_id, channel_id)
);
CREATE INDEX alert_rule_channels_by_channel ON alert_rule_channels (channel_id);

CREATE TABLE alert_rule_monitors (
  rule_id uuid NOT NULL REFERENCES alert_rules (id) ON DELETE CASCADE,
  monitor_id uuid NOT NULL REFERENCES monitors (id),
  org_id uuid NOT NULL,
  PRIMARY KEY (rule_id, monitor_id)
);
CREATE INDEX alert_rule_monitors_by_monitor ON alert_rule_monitors (monitor_id);

-- Monitors whose results and history are still to be deleted, in the background.
CREATE TABLE monitor_purges (
  monitor_id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  removed_at timestamptz NOT NULL
);

-- A life of the engine: while it watches, last_seen follows the clock.
CREATE TABLE engine_runs (
  id uuid PRIMARY KEY,
  started_at timestamptz NOT NULL,
  last_seen timestamptz NOT NULL
);
CREATE TABLE observation_gaps (
  from_at timestamptz NOT NULL PRIMARY KEY,
  to_at timestamptz NOT NULL
);

-- A transaction of the writer, to tell after a lost answer to COMMIT whether it took effect.
CREATE TABLE write_batches (
  id uuid PRIMARY KEY,
  written_at timestamptz NOT NULL
);
CREATE INDEX write_batches_by_time ON write_batches USING brin (written_at);
