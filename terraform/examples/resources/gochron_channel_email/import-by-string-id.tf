import {
  to = gochron_channel_email.operations
  id = "operations.email"
}
