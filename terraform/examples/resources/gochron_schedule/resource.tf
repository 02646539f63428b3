resource "gochron_user" "ada" {
  email = "ada@example.com"
  name  = "Ada Lovelace"
}

resource "gochron_user" "ben" {
  email = "ben@example.com"
  name  = "Ben Bova"
}

resource "gochron_schedule" "primary" {
  name      = "Primary on-call"
  key       = "primary"
  time_zone = "Europe/Paris"

  layers = [{
    key  = "weekly"
    name = "Weekly"
    # The turns in their order; who is in one of them is on call together.
    members = [[gochron_user.ada.id], [gochron_user.ben.id]]
    rotation = {
      unit         = "week"
      anchor_local = "2026-01-05T09:00:00"
    }
  }]
}
