data "gochron_channel_pushover" "ada" {
  key = "ada.pushover"
}
