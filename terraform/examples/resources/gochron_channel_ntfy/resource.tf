resource "gochron_channel_ntfy" "ada" {
  name = "Ada"
  key  = "ada.ntfy"

  # The state holds a fingerprint and not the secret: a change is seen, here or on the server.
  topic_wo = var.ntfy_topic
}

variable "ntfy_topic" {
  type      = string
  sensitive = true
  ephemeral = true
}
