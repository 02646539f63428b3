-- When users are told by what.
CREATE TABLE notification_rules (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  key text,
  name text NOT NULL DEFAULT '', -- lists sort by it: these have none
  user_id uuid NOT NULL,
  urgency text NOT NULL,
  channel_id uuid NOT NULL REFERENCES channels (id),
  delay_seconds bigint NOT NULL,
  managed_by text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  search text GENERATED ALWAYS AS (lower(coalesce(key, ''))) STORED,
  FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id),
  UNIQUE (user_id, urgency, channel_id, delay_seconds)
);
CREATE UNIQUE INDEX notification_rules_by_key ON notification_rules (org_id, key) WHERE key IS NOT NULL;
CREATE INDEX notification_rules_by_created ON notification_rules (org_id, created_at, id);
CREATE INDEX notification_rules_by_name ON notification_rules (org_id, name, id);
CREATE INDEX notification_rules_by_updated ON notification_rules (org_id, updated_at, id);
CREATE INDEX notification_rules_by_channel ON notification_rules (channel_id);

CREATE TABLE teams (
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
CREATE UNIQUE INDEX teams_by_key ON teams (org_id, key) WHERE key IS NOT NULL;
CREATE INDEX teams_by_created ON teams (org_id, created_at, id);
CREATE INDEX teams_by_name ON teams (org_id, name, id);
CREATE INDEX teams_by_updated ON teams (org_id, updated_at, id);

-- The references carry the organisation along.
CREATE TABLE team_users (
  team_id uuid NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  user_id uuid NOT NULL,
  org_id uuid NOT NULL,
  PRIMARY KEY (team_id, user_id),
  FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX team_users_by_user ON team_users (user_id);

-- Whom the steps of policies name, beside channels.
CREATE TABLE escalation_policy_users (
  policy_id uuid NOT NULL REFERENCES escalation_policies (id) ON DELETE CASCADE,
  user_id uuid NOT NULL,
  org_id uuid NOT NULL,
  PRIMARY KEY (policy_id, user_id),
  FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX escalation_policy_users_by_user ON escalation_policy_users (user_id);
CREATE TABLE escalation_policy_schedules (
  policy_id uuid NOT NULL REFERENCES escalation_policies (id) ON DELETE CASCADE,
  schedule_id uuid NOT NULL,
  org_id uuid NOT NULL,
  PRIMARY KEY (policy_id, schedule_id),
  FOREIGN KEY (org_id, schedule_id) REFERENCES schedules (org_id, id)
);
CREATE INDEX escalation_policy_schedules_by_schedule ON escalation_policy_schedules (schedule_id);
CREATE TABLE escalation_policy_teams (
  policy_id uuid NOT NULL REFERENCES escalation_policies (id) ON DELETE CASCADE,
  team_id uuid NOT NULL REFERENCES teams (id),
  org_id uuid NOT NULL,
  PRIMARY KEY (policy_id, team_id)
);
CREATE INDEX escalation_policy_teams_by_team ON escalation_policy_teams (team_id);

-- Null: high, and nobody.
ALTER TABLE escalations
  ADD COLUMN urgency text,
  ADD COLUMN pending jsonb;
