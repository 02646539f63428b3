# By its key, or by its id.
terraform import gochron_escalation_policy.primary primary
