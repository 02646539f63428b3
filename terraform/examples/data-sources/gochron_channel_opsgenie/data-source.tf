data "gochron_channel_opsgenie" "operations" {
  name = "Operations"
}
