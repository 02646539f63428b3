resource "gochron_channel_mattermost" "operations" {
  name    = "Operations"
  key     = "operations.mattermost"
  channel = "operations"

  # Kept nowhere. Whoever changes it makes the version another one.
  webhook_url_wo         = var.mattermost_webhook_url
  webhook_url_wo_version = 1
}

variable "mattermost_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
