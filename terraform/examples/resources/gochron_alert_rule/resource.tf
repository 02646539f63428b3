resource "gochron_channel_webhook" "operations" {
  name = "Operations"
  key  = "operations"
  url  = "https://hooks.example.com/gochron"
}

# Whatever carries the tag, now or later.
resource "gochron_alert_rule" "tier_1" {
  name        = "Tier 1 is down"
  key         = "tier-1"
  severity    = "critical"
  channel_ids = [gochron_channel_webhook.operations.id]

  selector = {
    tags = ["tier:1"]
  }

  grouping = {
    by           = ["tag:service"]
    wait_seconds = 30
  }
}
