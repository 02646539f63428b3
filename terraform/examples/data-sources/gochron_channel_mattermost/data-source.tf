data "gochron_channel_mattermost" "operations" {
  name = "Operations"
}
