-- The calendar feed of somebody's shifts, over all schedules.
ALTER TABLE users
  ADD COLUMN ical_digest bytea UNIQUE, -- of its secret
  ADD COLUMN ical_created_at timestamptz;

-- What happened of one maintenance window.
CREATE INDEX maintenance_stretches_by_window ON maintenance_stretches (window_id, from_at);
