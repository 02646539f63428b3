resource "gochron_channel_telegram" "operations" {
  name    = "Operations"
  key     = "operations.telegram"
  chat_id = "-1001234567890"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  bot_token_wo = var.telegram_bot_token
}

variable "telegram_bot_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
