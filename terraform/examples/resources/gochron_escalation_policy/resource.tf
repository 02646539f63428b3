resource "gochron_user" "ada" {
  email = "ada@example.com"
  name  = "Ada Lovelace"
}

resource "gochron_channel_webhook" "operations" {
  name = "Operations"
  url  = "https://hooks.example.com/gochron"
}

resource "gochron_escalation_policy" "primary" {
  name        = "Primary"
  key         = "primary"
  description = "Ada at once, everybody ten minutes later"

  steps = [
    {
      key     = "ada"
      targets = [{ type = "user", id = gochron_user.ada.id }]
    },
    {
      key           = "everybody"
      delay_seconds = 600
      targets       = [{ type = "channel", id = gochron_channel_webhook.operations.id }]
    },
  ]

  repeat = {
    count         = 2
    delay_seconds = 900
  }
}
