-- Rules that may not tell of the opening yet.
ALTER TABLE incidents ADD COLUMN hushed uuid[] NOT NULL DEFAULT '{}';
