-- Plans are data: an operator may change and add rows while the server runs. Null: no limit.
CREATE TABLE plans (
  name text PRIMARY KEY,
  monitors bigint CHECK (monitors >= 0),
  channels bigint CHECK (channels >= 0),
  alert_rules bigint CHECK (alert_rules >= 0),
  users bigint CHECK (users >= 0),
  tokens bigint CHECK (tokens >= 0),
  history_days bigint CHECK (history_days > 0),
  writes_per_minute bigint CHECK (writes_per_minute > 0) -- to each noun
);
INSERT INTO plans (name, monitors, channels, alert_rules, users, tokens, history_days, writes_per_minute) VALUES
  ('free', 20, 5, 10, 3, 10, 60, 60),
  ('pro', 100, 25, 50, 10, 50, 180, 300),
  ('pro_plus', 250, 50, 100, 25, 100, 365, 600),
  ('team', 1000, 200, 400, 100, 250, 400, 1200),
  ('self_hosted', NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- Until now nothing read this column.
UPDATE organizations SET plan = 'self_hosted' WHERE plan NOT IN (SELECT name FROM plans);
ALTER TABLE organizations ADD CONSTRAINT organizations_plan FOREIGN KEY (plan) REFERENCES plans (name);
CREATE INDEX organizations_by_created ON organizations (created_at, id);

CREATE TABLE users (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  email text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  managed_by text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX users_by_email ON users (org_id, lower(email));
CREATE INDEX users_by_created ON users (org_id, created_at, id);

-- The reference carries the organisation along: no token can belong to a user of another one.
ALTER TABLE api_tokens
  ADD COLUMN user_id uuid,
  ADD COLUMN previous_digest bytea UNIQUE,
  ADD COLUMN previous_expires_at timestamptz,
  ADD CONSTRAINT api_tokens_user FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id) WHERE user_id IS NOT NULL;
