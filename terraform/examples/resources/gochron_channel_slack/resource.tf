resource "gochron_channel_slack" "operations" {
  name = "Operations"
  key  = "operations.slack"

  # Kept nowhere. Whoever changes it makes the version another one.
  webhook_url_wo         = var.slack_webhook_url
  webhook_url_wo_version = 1
}

variable "slack_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
