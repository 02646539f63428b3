# By its key, or by its id.
terraform import gochron_contact_method.mail ada.mail
