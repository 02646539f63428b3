data "gochron_channel_ntfy" "ada" {
  key = "ada.ntfy"
}
