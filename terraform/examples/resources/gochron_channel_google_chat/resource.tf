resource "gochron_channel_google_chat" "operations" {
  name = "Operations"
  key  = "operations.google_chat"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  webhook_url_wo = var.google_chat_webhook_url
}

variable "google_chat_webhook_url" {
  type      = string
  sensitive = true
  ephemeral = true
}
