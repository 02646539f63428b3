import {
  to = gochron_channel_mattermost.operations
  id = "operations.mattermost"
}
