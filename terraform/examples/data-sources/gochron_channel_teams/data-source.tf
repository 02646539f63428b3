data "gochron_channel_teams" "operations" {
  name = "Operations"
}
