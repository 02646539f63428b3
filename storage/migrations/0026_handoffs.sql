-- Who was on call when hand-offs were last told; null while nobody is told of any.
ALTER TABLE schedules
  ADD COLUMN tells_handoffs boolean NOT NULL DEFAULT false,
  ADD COLUMN told uuid[];
CREATE INDEX schedules_that_tell ON schedules (id) WHERE tells_handoffs;

-- The channels that hear of a schedule's hand-offs.
CREATE TABLE schedule_channels (
  schedule_id uuid NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  channel_id uuid NOT NULL REFERENCES channels (id),
  org_id uuid NOT NULL,
  PRIMARY KEY (schedule_id, channel_id)
);
CREATE INDEX schedule_channels_by_channel ON schedule_channels (channel_id);
