resource "gochron_user" "ada" {
  email = "ada@example.com"
  name  = "Ada Lovelace"
  role  = "member"
}
