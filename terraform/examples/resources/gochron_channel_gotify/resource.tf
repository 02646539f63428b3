resource "gochron_channel_gotify" "ada" {
  name       = "Ada"
  key        = "ada.gotify"
  server_url = "https://gotify.example.com"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  app_token_wo = var.gotify_app_token
}

variable "gotify_app_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
