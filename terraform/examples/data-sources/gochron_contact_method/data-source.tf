data "gochron_contact_method" "mail" {
  key = "ada.mail"
}
