resource "gochron_channel_pushover" "ada" {
  name = "Ada"
  key  = "ada.pushover"

  # Kept nowhere. Whoever changes it makes the version another one.
  app_token_wo         = var.pushover_app_token
  app_token_wo_version = 1

  user_key_wo         = var.pushover_user_key
  user_key_wo_version = 1
}

variable "pushover_app_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "pushover_user_key" {
  type      = string
  sensitive = true
  ephemeral = true
}
