-- Who is told after whom, and how far each incident has come.
CREATE TABLE escalation_policies (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  key text,
  name text NOT NULL,
  spec jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  search text GENERATED ALWAYS AS (lower(name) || E'\n' || lower(coalesce(spec->>'description', ''))) STORED
);
CREATE UNIQUE INDEX escalation_policies_by_key ON escalation_policies (org_id, key) WHERE key IS NOT NULL;
CREATE INDEX escalation_policies_by_org ON escalation_policies (org_id, created_at, id);
CREATE INDEX escalation_policies_by_name ON escalation_policies (org_id, name, id);
CREATE INDEX escalation_policies_by_updated ON escalation_policies (org_id, updated_at, id);

CREATE TABLE escalation_policy_channels (
  policy_id uuid NOT NULL REFERENCES escalation_policies (id) ON DELETE CASCADE,
  channel_id uuid NOT NULL REFERENCES channels (id),
  org_id uuid NOT NULL,
  PRIMARY KEY (policy_id, channel_id)
);
CREATE INDEX escalation_policy_channels_by_channel ON escalation_policy_channels (channel_id);

ALTER TABLE alert_rules ADD COLUMN escalation_policy_id uuid REFERENCES escalation_policies (id);
CREATE INDEX alert_rules_by_policy ON alert_rules (escalation_policy_id) WHERE escalation_policy_id IS NOT NULL;

-- One an incident and policy; written in the transactions of the incident. A row changes only to a higher version.
CREATE TABLE escalations (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  incident_id uuid NOT NULL,
  monitor_id uuid NOT NULL,
  policy_id uuid NOT NULL,
  rule_id uuid,
  state text NOT NULL,
  version bigint NOT NULL,
  next_step integer,
  next_key text,
  next_cycle bigint,
  last_step integer,
  last_key text,
  last_cycle bigint,
  due_at timestamptz,
  moved_at timestamptz NOT NULL,
  turn bigint NOT NULL,
  snapshot jsonb,
  UNIQUE (incident_id, policy_id)
) WITH (fillfactor = 70);
CREATE INDEX escalations_live ON escalations (policy_id) WHERE state <> 'ended';
CREATE INDEX escalations_by_turn ON escalations (policy_id, turn);

ALTER TABLE incident_timeline ADD COLUMN policy_id uuid;

ALTER TABLE plans ADD COLUMN escalation_policies bigint CHECK (escalation_policies >= 0);
UPDATE plans SET escalation_policies = CASE name WHEN 'free' THEN 3 WHEN 'pro' THEN 15 WHEN 'pro_plus' THEN 30
  WHEN 'team' THEN 100 END;
