resource "gochron_channel_opsgenie" "operations" {
  name     = "Operations"
  key      = "operations.opsgenie"
  base_url = "https://api.eu.opsgenie.com"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  api_key_wo = var.opsgenie_api_key
}

variable "opsgenie_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}
