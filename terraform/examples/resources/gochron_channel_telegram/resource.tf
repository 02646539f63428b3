resource "gochron_channel_telegram" "operations" {
  name    = "Operations"
  key     = "operations.telegram"
  chat_id = "-1001234567890"

  # Kept nowhere. Whoever changes it makes the version another one.
  bot_token_wo         = var.telegram_bot_token
  bot_token_wo_version = 1
}

variable "telegram_bot_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
