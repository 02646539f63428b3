-- When work is planned, and what happened of it.
CREATE TABLE maintenance_windows (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  key text,
  name text NOT NULL,
  enabled boolean NOT NULL,
  spec jsonb NOT NULL,
  named uuid[] NOT NULL, -- monitors; those whose time is over may be gone
  ended_until timestamptz, -- of an occurrence that was ended early: when it would have been over
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  search text GENERATED ALWAYS AS (lower(name) || E'\n' || lower(coalesce(spec->>'description', ''))) STORED
);
CREATE UNIQUE INDEX maintenance_windows_by_key ON maintenance_windows (org_id, key) WHERE key IS NOT NULL;
CREATE INDEX maintenance_windows_by_org ON maintenance_windows (org_id, created_at, id);
CREATE INDEX maintenance_windows_by_name ON maintenance_windows (org_id, name, id);
CREATE INDEX maintenance_windows_by_updated ON maintenance_windows (org_id, updated_at, id);

-- Who is named. A monitor whose time is over leaves without asking.
CREATE TABLE maintenance_window_monitors (
  window_id uuid NOT NULL REFERENCES maintenance_windows (id) ON DELETE CASCADE,
  monitor_id uuid NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
  org_id uuid NOT NULL,
  PRIMARY KEY (window_id, monitor_id)
);
CREATE INDEX maintenance_window_monitors_by_monitor ON maintenance_window_monitors (monitor_id);

-- What was, or is, as it was then: it stays when the window changes or goes.
CREATE TABLE maintenance_stretches (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  window_id uuid NOT NULL,
  name text NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL, -- as planned while it is open
  open boolean NOT NULL,
  mode text NOT NULL,
  exclude_from_uptime boolean NOT NULL,
  monitor_ids uuid[] NOT NULL, -- with neither these nor tags nor types: every monitor
  tags text[] NOT NULL,
  types text[] NOT NULL
);
CREATE INDEX maintenance_stretches_by_time ON maintenance_stretches (org_id, to_at);
CREATE UNIQUE INDEX maintenance_stretches_open ON maintenance_stretches (window_id) WHERE open;
