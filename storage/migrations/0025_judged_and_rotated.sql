-- What the rules of an incident were judged by when it opened, and capabilities in URLs that were replaced.
ALTER TABLE incidents ADD COLUMN seen text; -- JSON, of core/opening_record
ALTER TABLE monitors ADD COLUMN retired_token text UNIQUE, ADD COLUMN retired_until timestamptz;

-- More of what a plan counts.
ALTER TABLE plans
  ADD COLUMN maintenance_windows bigint CHECK (maintenance_windows >= 0),
  ADD COLUMN teams bigint CHECK (teams >= 0);
UPDATE plans SET
  maintenance_windows = CASE name WHEN 'free' THEN 20 WHEN 'pro' THEN 100 WHEN 'pro_plus' THEN 250 WHEN 'team' THEN 500
    END,
  teams = CASE name WHEN 'free' THEN 3 WHEN 'pro' THEN 15 WHEN 'pro_plus' THEN 30 WHEN 'team' THEN 100 END;
