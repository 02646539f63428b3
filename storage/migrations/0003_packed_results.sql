-- Results of days that are over, many to a row: up to 2,048 checks of one monitor in order of time, a column an array.
-- An array of one element stands for that value in every check. Filled and emptied by storage/result/packing.cpp only.
CREATE TABLE result_packs (
  first_at timestamptz NOT NULL, -- round of the first check
  last_at timestamptz NOT NULL,
  monitor_id uuid NOT NULL,
  org_id uuid NOT NULL,
  checks integer NOT NULL,
  verdicts integer NOT NULL, -- bit n: some check has verdict n
  round_ms integer[] NOT NULL,     -- since the beginning of the day, UTC
  scheduled_ms integer[] NOT NULL, -- since round_at
  started_ms integer[] NOT NULL,   -- since scheduled_at
  lag_ms integer[] NOT NULL,
  response_time_ms integer[] NOT NULL,
  dns_ms integer[] NOT NULL,
  connect_ms integer[] NOT NULL,
  tls_ms integer[] NOT NULL,
  first_byte_ms integer[] NOT NULL,
  transfer_ms integer[] NOT NULL,
  remote_port integer[] NOT NULL,
  attempt smallint[] NOT NULL,
  trigger smallint[] NOT NULL,
  verdict smallint[] NOT NULL,
  reason smallint[] NOT NULL,
  http_status integer[] NOT NULL,
  http_version text[] NOT NULL,
  remote_ip text[] NOT NULL,
  message text[] NOT NULL,
  ping_kind text[] NOT NULL,
  ping_body bytea[] NOT NULL,
  details jsonb[] NOT NULL
) PARTITION BY RANGE (first_at);
CREATE INDEX result_packs_by_monitor ON result_packs (monitor_id, first_at);

CREATE FUNCTION packed_column(xs anyarray) RETURNS anyarray LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN xs = array_fill(xs[1], ARRAY[cardinality(xs)]) THEN xs[1:1] ELSE xs END
$$;

CREATE FUNCTION whole_column(xs anyarray, checks integer) RETURNS anyarray
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(xs) = checks THEN xs ELSE array_fill(xs[1], ARRAY[checks]) END
$$;

-- The packed checks with the columns of check_results. Filter by the pack's own columns, too: only they are indexed.
CREATE VIEW packed_results AS
SELECT p.first_at, p.last_at, p.verdicts,
  d.day + c.round_ms * interval '1 millisecond' AS round_at,
  d.day + (c.round_ms + c.scheduled_ms) * interval '1 millisecond' AS scheduled_at,
  d.day + (c.round_ms + c.scheduled_ms + c.started_ms) * interval '1 millisecond' AS started_at,
  p.monitor_id, p.org_id,
  c.lag_ms, c.response_time_ms, c.dns_ms, c.connect_ms, c.tls_ms, c.first_byte_ms, c.transfer_ms, c.remote_port,
  c.attempt, c.trigger, c.verdict, c.reason, c.http_status, c.http_version, c.remote_ip, c.message, c.ping_kind,
  c.ping_body, c.details
FROM result_packs p CROSS JOIN LATERAL (SELECT date_trunc('day', p.first_at, 'UTC') AS day) d
CROSS JOIN LATERAL unnest(
  whole_column(p.round_ms, p.checks), whole_column(p.scheduled_ms, p.checks), whole_column(p.started_ms, p.checks),
  whole_column(p.lag_ms, p.checks), whole_column(p.response_time_ms, p.checks), whole_column(p.dns_ms, p.checks),
  whole_column(p.connect_ms, p.checks), whole_column(p.tls_ms, p.checks), whole_column(p.first_byte_ms, p.checks),
  whole_column(p.transfer_ms, p.checks), whole_column(p.remote_port, p.checks), whole_column(p.attempt, p.checks),
  whole_column(p.trigger, p.checks), whole_column(p.verdict, p.checks), whole_column(p.reason, p.checks),
  whole_column(p.http_status, p.checks), whole_column(p.http_version, p.checks),
  whole_column(p.remote_ip, p.checks), whole_column(p.message, p.checks), whole_column(p.ping_kind, p.checks),
  whole_column(p.ping_body, p.checks), whole_column(p.details, p.checks)) c (
  round_ms, scheduled_ms, started_ms, lag_ms, response_time_ms, dns_ms, connect_ms, tls_ms, first_byte_ms,
  transfer_ms, remote_port, attempt, trigger, verdict, reason, http_status, http_version, remote_ip, message,
  ping_kind, ping_body, details);
