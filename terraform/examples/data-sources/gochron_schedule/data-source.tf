data "gochron_schedule" "primary" {
  name = "Primary on-call"
}

resource "gochron_escalation_policy" "on_call" {
  name = "Whoever is on call"
  steps = [{
    key     = "on-call"
    targets = [{ type = "schedule", id = data.gochron_schedule.primary.id }]
  }]
}
