data "gochron_user" "ada" {
  email = "ada@example.com"
}

resource "gochron_team" "shop" {
  name    = "Shop"
  members = [{ user_id = data.gochron_user.ada.id }]
}
