import {
  to = gochron_channel_gotify.ada
  id = "ada.gotify"
}
