data "gochron_channel_gotify" "ada" {
  key = "ada.gotify"
}
