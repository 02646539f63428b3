resource "gochron_channel_mattermost" "operations" {
  name    = "Operations"
  key     = "operations.mattermost"
  channel = "operations"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  webhook_url_wo = var.mattermost_webhook_url
}

variable "mattermost_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
