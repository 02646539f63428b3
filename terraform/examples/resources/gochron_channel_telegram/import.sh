# By its key, or by its id.
terraform import gochron_channel_telegram.operations operations.telegram
