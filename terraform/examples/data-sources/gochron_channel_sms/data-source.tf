data "gochron_channel_sms" "ada" {
  key = "ada.sms"
}
