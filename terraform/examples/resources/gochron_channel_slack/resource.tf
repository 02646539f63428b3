resource "gochron_channel_slack" "operations" {
  name = "Operations"
  key  = "operations.slack"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  webhook_url_wo = var.slack_webhook_url
}

variable "slack_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
