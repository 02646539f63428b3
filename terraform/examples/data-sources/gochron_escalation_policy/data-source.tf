data "gochron_escalation_policy" "primary" {
  name = "Primary"
}

resource "gochron_alert_rule" "all" {
  name                 = "Whatever is down"
  escalation_policy_id = data.gochron_escalation_policy.primary.id
}
