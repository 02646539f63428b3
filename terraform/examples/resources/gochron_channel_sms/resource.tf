resource "gochron_channel_sms" "ada" {
  name        = "Ada"
  key         = "ada.sms"
  to          = "+15005550006"
  from        = "+15005550001"
  account_sid = "AC0123456789abcdef0123456789abcdef"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  auth_token_wo = var.twilio_auth_token
}

variable "twilio_auth_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
