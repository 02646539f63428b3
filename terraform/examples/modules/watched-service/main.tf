terraform {
  required_version = ">= 1.11"

  required_providers {
    gochron = {
      source = "gochron/gochron"
    }
  }
}

# A service as a team has it: what is watched, and who hears of it.
resource "gochron_monitor" "service" {
  for_each = var.urls

  name             = "${var.name}: ${each.key}"
  key              = "${var.name}.${each.key}"
  tags             = ["service:${var.name}", "tier:${var.tier}"]
  interval_seconds = var.tier == 1 ? 30 : 300

  failure_threshold = var.tier == 1 ? 1 : 3

  http = {
    url = each.value
  }
}

resource "gochron_alert_rule" "service" {
  name        = var.name
  key         = var.name
  severity    = var.tier == 1 ? "critical" : "warning"
  channel_ids = var.channel_ids

  selector = {
    tags = ["service:${var.name}"]
  }
}
