data "gochron_alert_rule" "tier_1" {
  key = "tier-1"
}
