resource "gochron_channel_teams" "operations" {
  name = "Operations"
  key  = "operations.teams"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  webhook_url_wo = var.teams_webhook_url
}

variable "teams_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
