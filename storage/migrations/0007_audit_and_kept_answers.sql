-- Who changed what. A row is written in the transaction of the change and never edited, but for its place in its
-- organisation's chain, which it gets within a second or so.
CREATE TABLE audit_log (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  token_id uuid,
  action text NOT NULL,
  resource_type text NOT NULL,
  resource_id text NOT NULL,
  version_from bigint,
  version_to bigint,
  patch text NOT NULL, -- JSON; text, because its bytes are hashed
  reason text NOT NULL,
  ip text NOT NULL,
  request_id text NOT NULL,
  sequence bigint,
  previous_hash bytea,
  hash bytea
);
CREATE UNIQUE INDEX audit_log_chain ON audit_log (org_id, sequence) WHERE sequence IS NOT NULL;
CREATE INDEX audit_log_unsealed ON audit_log (org_id, at, id) WHERE sequence IS NULL;
CREATE INDEX audit_log_by_time ON audit_log (org_id, at, id);
CREATE INDEX audit_log_by_resource ON audit_log (resource_id, at, id);

-- The end of each chain.
CREATE TABLE audit_heads (
  org_id uuid PRIMARY KEY,
  sequence bigint NOT NULL,
  hash bytea NOT NULL
);

-- Answers to requests with an Idempotency-Key, for those who ask again.
CREATE TABLE kept_answers (
  token_id uuid NOT NULL,
  key text NOT NULL,
  org_id uuid NOT NULL,
  kept_at timestamptz NOT NULL,
  fingerprint bytea NOT NULL,
  answer bytea NOT NULL, -- sealed: answers hold secrets
  PRIMARY KEY (token_id, key)
);
CREATE INDEX kept_answers_by_time ON kept_answers (kept_at);
