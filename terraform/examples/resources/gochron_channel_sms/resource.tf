resource "gochron_channel_sms" "ada" {
  name        = "Ada"
  key         = "ada.sms"
  to          = "+15005550006"
  from        = "+15005550001"
  account_sid = "AC0123456789abcdef0123456789abcdef"

  # Kept nowhere. Whoever changes it makes the version another one.
  auth_token_wo         = var.twilio_auth_token
  auth_token_wo_version = 1
}

variable "twilio_auth_token" {
  type      = string
  sensitive = true
  ephemeral = true
}
