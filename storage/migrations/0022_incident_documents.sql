-- Incidents that are opened by hand or pushed in, that sleep, and that were merged; and what people write about them.
ALTER TABLE incidents
  ADD COLUMN source text NOT NULL DEFAULT 'monitor',
  ADD COLUMN dedup_key text,
  ADD COLUMN runbook_url text,
  ADD COLUMN details text, -- a JSON object as it came
  ADD COLUMN heard_at timestamptz,
  ADD COLUMN snoozed_until timestamptz,
  ADD COLUMN merged_into uuid;

-- A note's line in the timeline has its id.
CREATE TABLE incident_notes (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  incident_id uuid NOT NULL,
  author text NOT NULL,
  text text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX incident_notes_by_incident ON incident_notes (incident_id, created_at, id);

CREATE TABLE incident_postmortems (
  incident_id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  author text NOT NULL,
  summary text NOT NULL,
  impact text NOT NULL,
  root_cause text NOT NULL,
  actions text[] NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
