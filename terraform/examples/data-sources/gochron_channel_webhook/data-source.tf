data "gochron_channel_webhook" "operations" {
  name = "Operations"
}
