data "gochron_channel_google_chat" "operations" {
  name = "Operations"
}
