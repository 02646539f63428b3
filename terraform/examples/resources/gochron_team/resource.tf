resource "gochron_user" "ada" {
  email = "ada@example.com"
  name  = "Ada Lovelace"
}

resource "gochron_user" "ben" {
  email = "ben@example.com"
  name  = "Ben Bova"
}

resource "gochron_team" "shop" {
  name        = "Shop"
  key         = "shop"
  description = "Whoever keeps the shop open"

  members = [
    { user_id = gochron_user.ada.id, role = "manager" },
    { user_id = gochron_user.ben.id },
  ]
}
