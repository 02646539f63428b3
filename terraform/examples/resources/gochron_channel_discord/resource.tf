resource "gochron_channel_discord" "operations" {
  name = "Operations"
  key  = "operations.discord"

  # Kept nowhere. Whoever changes it makes the version another one.
  webhook_url_wo         = var.discord_webhook_url
  webhook_url_wo_version = 1
}

variable "discord_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
