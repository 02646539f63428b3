resource "gochron_channel_gotify" "ada" {
  name       = "Ada"
  key        = "ada.gotify"
  server_url = "https://gotify.example.com"

  # Kept nowhere. Whoever changes it makes the version another one.
  app_token_wo         = var.gotify_app_token
  app_token_wo_version = 1
}

variable "gotify_app_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
