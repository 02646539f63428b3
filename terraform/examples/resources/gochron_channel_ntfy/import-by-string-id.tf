import {
  to = gochron_channel_ntfy.ada
  id = "ada.ntfy"
}
