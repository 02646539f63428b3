resource "gochron_channel_pagerduty" "operations" {
  name = "Operations"
  key  = "operations.pagerduty"

  # Kept nowhere. Whoever changes it makes the version another one.
  routing_key_wo         = var.pagerduty_routing_key
  routing_key_wo_version = 1
}

variable "pagerduty_routing_key" {
  type      = string
  sensitive = true
  ephemeral = true
}
