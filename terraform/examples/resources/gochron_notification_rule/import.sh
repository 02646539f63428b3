# By its key, or by its id.
terraform import gochron_notification_rule.low ada.low
