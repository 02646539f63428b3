import {
  to = gochron_channel_google_chat.operations
  id = "operations.google_chat"
}
