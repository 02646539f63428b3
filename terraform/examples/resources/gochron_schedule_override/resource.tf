resource "gochron_user" "ada" {
  email = "ada@example.com"
  name  = "Ada Lovelace"
}

resource "gochron_schedule" "primary" {
  name = "Primary on-call"
}

# Ada stands in for whoever is on call in that week.
resource "gochron_schedule_override" "conference" {
  of_schedule_id = gochron_schedule.primary.id
  kind           = "replace"
  user_ids       = [gochron_user.ada.id]
  start_at       = "2037-05-04T08:00:00.000Z"
  end_at         = "2037-05-11T08:00:00.000Z"
  reason         = "The others are at a conference"
}
