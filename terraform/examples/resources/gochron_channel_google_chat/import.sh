# By its key, or by its id.
terraform import gochron_channel_google_chat.operations operations.google_chat
