-- What came back from receivers.

-- Links that have had their effect, each once.
CREATE TABLE link_uses (
  delivery_id uuid NOT NULL, -- that carried it
  verb text NOT NULL,
  org_id uuid NOT NULL,
  incident_id uuid NOT NULL,
  used_at timestamptz NOT NULL,
  actor text NOT NULL,
  PRIMARY KEY (delivery_id, verb)
);
CREATE INDEX link_uses_by_incident ON link_uses (incident_id);

-- What the carrier of a text message said of it; null where nothing was said.
ALTER TABLE deliveries ADD COLUMN report_state text, ADD COLUMN report_code text, ADD COLUMN report_at timestamptz;
