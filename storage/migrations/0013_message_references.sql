-- What a receiver calls the message about an incident, so that the next delivery changes it in place: of the channel's
-- deliveries of that incident the last that has one. '' says that the one before it is of no use any more.
ALTER TABLE deliveries ADD COLUMN reference text;
CREATE INDEX deliveries_by_reference ON deliveries (channel_id, incident_id, sequence) WHERE reference IS NOT NULL;
