import {
  to = gochron_channel_opsgenie.operations
  id = "operations.opsgenie"
}
