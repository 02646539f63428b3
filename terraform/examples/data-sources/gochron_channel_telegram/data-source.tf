data "gochron_channel_telegram" "operations" {
  name = "Operations"
}
