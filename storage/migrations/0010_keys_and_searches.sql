-- Channels and alert rules can be named by the client too, and are searched and sorted as monitors are.
ALTER TABLE channels ADD COLUMN key text;
CREATE UNIQUE INDEX channels_by_key ON channels (org_id, key) WHERE key IS NOT NULL;
CREATE INDEX channels_by_name ON channels (org_id, name, id);
CREATE INDEX channels_by_updated ON channels (org_id, updated_at, id);
ALTER TABLE channels ADD COLUMN search text GENERATED ALWAYS AS (
  lower(name) || E'\n' || lower(coalesce(spec->'webhook'->>'url', ''))) STORED;

ALTER TABLE alert_rules ADD COLUMN key text;
CREATE UNIQUE INDEX alert_rules_by_key ON alert_rules (org_id, key) WHERE key IS NOT NULL;
CREATE INDEX alert_rules_by_name ON alert_rules (org_id, name, id);
CREATE INDEX alert_rules_by_updated ON alert_rules (org_id, updated_at, id);
ALTER TABLE alert_rules ADD COLUMN search text GENERATED ALWAYS AS (lower(name)) STORED;
