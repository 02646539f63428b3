CREATE TABLE schedules (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL REFERENCES organizations (id),
  version bigint NOT NULL,
  name text NOT NULL,
  key text,
  spec jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  ical_digest bytea UNIQUE, -- of the secret of the calendar feed
  ical_created_at timestamptz,
  search text GENERATED ALWAYS AS (lower(name)) STORED,
  UNIQUE (org_id, id)
);
CREATE INDEX schedules_by_created ON schedules (org_id, created_at, id);
CREATE INDEX schedules_by_name ON schedules (org_id, name, id);
CREATE INDEX schedules_by_updated ON schedules (org_id, updated_at, id);
CREATE UNIQUE INDEX schedules_by_key ON schedules (org_id, key) WHERE key IS NOT NULL;

-- What was in force from when on; never changed. Users in there may be gone.
CREATE TABLE schedule_revisions (
  schedule_id uuid NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  version bigint NOT NULL, -- of the schedule that began it
  org_id uuid NOT NULL,
  effective_from timestamptz NOT NULL,
  spec jsonb NOT NULL,
  turn_offsets bigint[] NOT NULL,
  PRIMARY KEY (schedule_id, version)
);
CREATE INDEX schedule_revisions_by_time ON schedule_revisions (schedule_id, effective_from, version);

-- Whom the present layers name. The reference carries the organisation along.
CREATE TABLE schedule_users (
  schedule_id uuid NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  user_id uuid NOT NULL,
  org_id uuid NOT NULL,
  PRIMARY KEY (schedule_id, user_id),
  FOREIGN KEY (org_id, user_id) REFERENCES users (org_id, id)
);
CREATE INDEX schedule_users_by_user ON schedule_users (user_id);

CREATE TABLE schedule_overrides (
  id uuid PRIMARY KEY,
  org_id uuid NOT NULL,
  schedule_id uuid NOT NULL,
  kind text NOT NULL,
  start_at timestamptz NOT NULL,
  end_at timestamptz NOT NULL CHECK (end_at > start_at),
  reason text,
  user_ids uuid[] NOT NULL,
  replaced_user_ids uuid[] NOT NULL,
  other_id uuid,
  created_at timestamptz NOT NULL,
  FOREIGN KEY (org_id, schedule_id) REFERENCES schedules (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, other_id) REFERENCES schedules (org_id, id)
);
CREATE INDEX schedule_overrides_by_start ON schedule_overrides (schedule_id, start_at, id);
CREATE INDEX schedule_overrides_by_end ON schedule_overrides (org_id, end_at);
CREATE INDEX schedule_overrides_by_other ON schedule_overrides (other_id) WHERE other_id IS NOT NULL;
