-- How what is too old is found (storage/housekeeping/forgetting.cpp).
CREATE INDEX incidents_by_end ON incidents (resolved_at) WHERE state = 'resolved';
CREATE INDEX events_by_incident ON events (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX events_apart ON events (at) WHERE incident_id IS NULL;
CREATE INDEX deliveries_apart ON deliveries (event_id) WHERE incident_id IS NULL;
CREATE INDEX delivery_attempts_by_time ON delivery_attempts USING brin (started_at);
