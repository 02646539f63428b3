data "gochron_limits" "all" {}

check "there_is_room" {
  assert {
    condition     = data.gochron_limits.all.monitors.used < coalesce(data.gochron_limits.all.monitors.maximum, 1000000)
    error_message = "The plan ${data.gochron_limits.all.plan} holds no further monitor."
  }
}
