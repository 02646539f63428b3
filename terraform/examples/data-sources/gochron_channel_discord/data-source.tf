data "gochron_channel_discord" "operations" {
  name = "Operations"
}
