import {
  to = gochron_channel_telegram.operations
  id = "operations.telegram"
}
