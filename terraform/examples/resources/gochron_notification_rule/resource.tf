resource "gochron_user" "ada" {
  email = "ada@example.com"
  name  = "Ada Lovelace"
}

resource "gochron_contact_method" "mail" {
  name    = "Ada's mail"
  user_id = gochron_user.ada.id

  email = {
    to = ["ada@example.com"]
  }
}

# Of what is not urgent Ada hears by mail, a quarter of an hour after the step has told her.
resource "gochron_notification_rule" "low" {
  key               = "ada.low"
  user_id           = gochron_user.ada.id
  contact_method_id = gochron_contact_method.mail.id
  urgency           = "low"
  delay_seconds     = 900
}
