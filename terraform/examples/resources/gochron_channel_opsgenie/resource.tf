resource "gochron_channel_opsgenie" "operations" {
  name     = "Operations"
  key      = "operations.opsgenie"
  base_url = "https://api.eu.opsgenie.com"

  # Kept nowhere. Whoever changes it makes the version another one.
  api_key_wo         = var.opsgenie_api_key
  api_key_wo_version = 1
}

variable "opsgenie_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}
