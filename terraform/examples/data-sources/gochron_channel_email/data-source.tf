data "gochron_channel_email" "operations" {
  name = "Operations"
}
