import {
  to = gochron_notification_rule.low
  id = "ada.low"
}
