-- A contact method is a channel that belongs to a user. It has a name space of its own for keys.
ALTER TABLE channels
  ADD COLUMN user_id uuid,
  ADD COLUMN verified_at timestamptz,
  ADD COLUMN code_digest text NOT NULL DEFAULT '', -- hex, keyed
  ADD COLUMN code_expires_at timestamptz,
  ADD COLUMN code_tries integer NOT NULL DEFAULT 0,
  ADD COLUMN codes_sent bigint[] NOT NULL DEFAULT '{}', -- milliseconds since 1970
  ADD CONSTRAINT channels_user FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id);
CREATE INDEX channels_by_user ON channels (user_id) WHERE user_id IS NOT NULL;
DROP INDEX channels_by_key;
CREATE UNIQUE INDEX channels_by_key ON channels (org_id, key) WHERE key IS NOT NULL AND user_id IS NULL;
CREATE UNIQUE INDEX contact_methods_by_key ON channels (org_id, key) WHERE key IS NOT NULL AND user_id IS NOT NULL;

-- Whose contact method is told: what is owed outlives it.
ALTER TABLE deliveries ADD COLUMN user_id uuid;
ALTER TABLE incident_timeline ADD COLUMN user_id uuid;
