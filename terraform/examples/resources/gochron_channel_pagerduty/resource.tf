resource "gochron_channel_pagerduty" "operations" {
  name = "Operations"
  key  = "operations.pagerduty"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  routing_key_wo = var.pagerduty_routing_key
}

variable "pagerduty_routing_key" {
  type      = string
  sensitive = true
  ephemeral = true
}
