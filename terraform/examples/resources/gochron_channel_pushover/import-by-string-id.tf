import {
  to = gochron_channel_pushover.ada
  id = "ada.pushover"
}
