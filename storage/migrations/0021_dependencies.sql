-- What monitors depend on. A row goes with the monitor that has it; what it names stays while it is named.
CREATE TABLE monitor_dependencies (
  monitor_id uuid NOT NULL REFERENCES monitors (id) ON DELETE CASCADE,
  parent_id uuid NOT NULL REFERENCES monitors (id),
  org_id uuid NOT NULL,
  PRIMARY KEY (monitor_id, parent_id)
);
CREATE INDEX monitor_dependencies_by_parent ON monitor_dependencies (parent_id);

-- The failing monitor that keeps an incident from being told.
ALTER TABLE incidents ADD COLUMN suppressed_by uuid;
