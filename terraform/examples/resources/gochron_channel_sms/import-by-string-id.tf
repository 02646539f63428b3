import {
  to = gochron_channel_sms.ada
  id = "ada.sms"
}
