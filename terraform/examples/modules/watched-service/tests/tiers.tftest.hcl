# Without a server: what the module makes of its variables.
mock_provider "gochron" {}

variables {
  name = "shop"
  urls = {
    front = "https://shop.example.com/health"
    api   = "https://api.shop.example.com/health"
  }
}

run "tier_1_is_watched_closely" {
  command = plan

  variables {
    tier = 1
  }

  assert {
    condition     = alltrue([for m in gochron_monitor.service : m.interval_seconds == 30 && m.failure_threshold == 1])
    error_message = "tier 1 is not checked every 30 seconds"
  }

  assert {
    condition     = gochron_alert_rule.service.severity == "critical"
    error_message = "tier 1 wakes nobody"
  }
}

run "others_have_time" {
  command = plan

  assert {
    condition     = gochron_alert_rule.service.severity == "warning"
    error_message = "tier 2 wakes somebody"
  }

  assert {
    condition     = gochron_monitor.service["api"].key == "shop.api"
    error_message = "keys are not made of the names"
  }
}

run "there_is_no_tier_4" {
  command = plan

  variables {
    tier = 4
  }

  expect_failures = [var.tier]
}
