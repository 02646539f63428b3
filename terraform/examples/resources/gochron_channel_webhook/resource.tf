resource "gochron_channel_webhook" "operations" {
  name            = "Operations"
  key             = "operations.webhook"
  url             = "https://hooks.example.com/gochron"
  timeout_seconds = 5
  events          = ["incident.opened", "incident.resolved"]
}
