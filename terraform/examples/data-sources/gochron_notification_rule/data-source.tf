data "gochron_notification_rule" "low" {
  key = "ada.low"
}
