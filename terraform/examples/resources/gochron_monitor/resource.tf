resource "gochron_monitor" "shop" {
  name             = "The shop"
  key              = "shop.front"
  tags             = ["service:shop", "tier:1"]
  interval_seconds = 30
  timeout_ms       = 5000

  failure_threshold = 2
  runbook_url       = "https://wiki.example.com/runbooks/shop"

  http = {
    url              = "https://shop.example.com/health"
    required_keyword = "ok"
  }
}

# A job that reports in: its ping_url goes to whoever runs it.
resource "gochron_monitor" "backup" {
  name = "Nightly backup"
  key  = "backup.nightly"

  heartbeat = {
    period_seconds = 86400
    grace_seconds  = 3600
  }
}
