data "gochron_schedule" "primary" {
  name = "Primary on-call"
}

data "gochron_oncall" "now" {
  schedule_ids = [data.gochron_schedule.primary.id]
}

output "on_call" {
  value = data.gochron_oncall.now.user_ids
}
