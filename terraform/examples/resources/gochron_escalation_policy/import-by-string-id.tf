import {
  to = gochron_escalation_policy.primary
  id = "primary"
}
