-- Incidents that an alert rule opened, and deliveries that wait for their group.
ALTER TABLE incidents ADD COLUMN rule_id uuid;
ALTER TABLE deliveries ADD COLUMN group_key text;
CREATE INDEX deliveries_by_group ON deliveries (channel_id, group_key, created_at)
  WHERE state = 'pending' AND group_key IS NOT NULL;
