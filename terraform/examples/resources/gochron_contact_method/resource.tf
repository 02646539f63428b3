resource "gochron_user" "ada" {
  email = "ada@example.com"
  name  = "Ada Lovelace"
}

# It tells nobody before Ada has confirmed the code that is sent to it.
resource "gochron_contact_method" "mail" {
  name    = "Ada's mail"
  key     = "ada.mail"
  user_id = gochron_user.ada.id

  email = {
    to = ["ada@example.com"]
  }
}
