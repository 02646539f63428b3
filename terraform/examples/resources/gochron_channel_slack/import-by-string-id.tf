import {
  to = gochron_channel_slack.operations
  id = "operations.slack"
}
