resource "gochron_channel_pushover" "ada" {
  name = "Ada"
  key  = "ada.pushover"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  app_token_wo = var.pushover_app_token
  user_key_wo  = var.pushover_user_key
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
