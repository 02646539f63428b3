# By its key, or by its id.
terraform import gochron_alert_rule.tier_1 tier-1
