# By its key, or by its id.
terraform import gochron_channel_opsgenie.operations operations.opsgenie
