import {
  to = gochron_channel_webhook.operations
  id = "operations.webhook"
}
