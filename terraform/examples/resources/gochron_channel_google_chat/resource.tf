resource "gochron_channel_google_chat" "operations" {
  name = "Operations"
  key  = "operations.google_chat"

  # Kept nowhere. Whoever changes it makes the version another one.
  webhook_url_wo         = var.google_chat_webhook_url
  webhook_url_wo_version = 1
}

variable "google_chat_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
