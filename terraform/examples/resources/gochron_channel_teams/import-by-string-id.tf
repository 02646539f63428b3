import {
  to = gochron_channel_teams.operations
  id = "operations.teams"
}
