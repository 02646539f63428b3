data "gochron_team" "shop" {
  name = "Shop"
}
