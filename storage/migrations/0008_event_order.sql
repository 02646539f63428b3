-- The order in which events are read (docs/adr/0093): microseconds since 1970, made unique. What is there already takes
-- the order of its times.
ALTER TABLE events ADD COLUMN position bigint;
UPDATE events e SET position = p.position
FROM (
  SELECT id, max(us - nth) OVER (ORDER BY at, id) + nth AS position
  FROM (
    SELECT id, at, (extract(epoch FROM at) * 1000000)::bigint AS us, row_number() OVER (ORDER BY at, id) AS nth
    FROM events) n) p
WHERE p.id = e.id;
ALTER TABLE events ALTER COLUMN position SET NOT NULL;
CREATE INDEX events_by_position ON events (org_id, position);

-- The newest event of each organisation that retention has removed: a reader who is not yet past it has missed some.
CREATE TABLE event_horizons (
  org_id uuid PRIMARY KEY,
  position bigint NOT NULL
);
