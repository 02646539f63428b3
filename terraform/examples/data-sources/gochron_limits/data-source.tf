data "gochron_limits" "all" {}

check "there_is_room" {
  assert {
    condition     = data.gochron_limits.all.monitors.maximum == null || data.gochron_limits.all.monitors.used < data.gochron_limits.all.monitors.maximum
    error_message = "The plan ${data.gochron_limits.all.plan} holds no further monitor."
  }
}
