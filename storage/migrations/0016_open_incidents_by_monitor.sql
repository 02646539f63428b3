-- A monitor starts from all of its incidents that are open.
CREATE INDEX incidents_open_by_monitor ON incidents (monitor_id) WHERE state <> 'resolved';
