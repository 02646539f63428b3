import {
  to = gochron_channel_discord.operations
  id = "operations.discord"
}
