resource "gochron_channel_ntfy" "ada" {
  name = "Ada"
  key  = "ada.ntfy"

  # Kept nowhere. Whoever changes it makes the version another one.
  topic_wo         = var.ntfy_topic
  topic_wo_version = 1
}

variable "ntfy_topic" {
  type      = string
  sensitive = true
  ephemeral = true
}
