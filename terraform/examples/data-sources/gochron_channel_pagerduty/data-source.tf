data "gochron_channel_pagerduty" "operations" {
  name = "Operations"
}
