-- Roll-ups begin at the hour: what happened within one is read from the results themselves. Hours that minutes were
-- waiting for are done anew from results.
INSERT INTO rollup_dirty (grain, bucket)
SELECT DISTINCT 'hour', date_trunc('hour', d.bucket) FROM rollup_dirty d, rollup_watermarks w
WHERE d.grain = 'minute' AND w.grain = 'hour' AND d.bucket < w.upto
ON CONFLICT DO NOTHING;
DELETE FROM rollup_dirty WHERE grain = 'minute';
DELETE FROM rollup_watermarks WHERE grain = 'minute';
DROP TABLE result_rollups_minute;

-- Grows with each mark: a bucket that was marked while it was filled stays dirty.
ALTER TABLE rollup_dirty ADD COLUMN marks bigint NOT NULL DEFAULT 0;
