-- A channel's deliveries in the order in which they are due: claiming a few of a hundred thousand reads a few.
CREATE INDEX deliveries_due ON deliveries (channel_id, next_attempt_at, created_at, id) WHERE state = 'pending';

-- What `q` searches, in one place: not taken out of a million documents again with each search.
ALTER TABLE monitors ADD COLUMN search text GENERATED ALWAYS AS (
  lower(name) || E'\n' || lower(coalesce(spec->>'description', '')) || E'\n' ||
  lower(coalesce(spec->'http'->>'url', ''))) STORED;

-- Trigrams find a text of three letters or more without reading every row. An installation whose database does not
-- offer them searches more slowly.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX monitors_by_search ON monitors USING gin (search gin_trgm_ops)
    WITH (gin_pending_list_limit = 256);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'no pg_trgm: searches read every monitor';
END
$$;

-- Whoever looks for a tag reads what was not yet sorted in, too: at most so many kB.
ALTER INDEX monitors_by_tag SET (gin_pending_list_limit = 256);
