import {
  to = gochron_contact_method.mail
  id = "ada.mail"
}
