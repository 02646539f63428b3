data "gochron_channel_slack" "operations" {
  name = "Operations"
}
