resource "gochron_channel_discord" "operations" {
  name = "Operations"
  key  = "operations.discord"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  webhook_url_wo = var.discord_webhook_url
}

variable "discord_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
