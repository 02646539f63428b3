import {
  to = gochron_alert_rule.tier_1
  id = "tier-1"
}
