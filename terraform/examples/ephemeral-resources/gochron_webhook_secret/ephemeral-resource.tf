locals {
  # One more rolls the secret.
  secret_version = 2
}

resource "gochron_channel_webhook" "receiver" {
  name = "Receiver"
  key  = "receiver"
  url  = "https://receiver.example.com/gochron"
}

ephemeral "gochron_webhook_secret" "receiver" {
  channel_id = gochron_channel_webhook.receiver.id
  version    = local.secret_version
}

# Whatever keeps secrets takes it with its own write-only attribute:
#
#   resource "vault_kv_secret_v2" "receiver" {
#     mount                = "kv"
#     name                 = "receiver"
#     data_json_wo         = jsonencode({ secret = ephemeral.gochron_webhook_secret.receiver.value })
#     data_json_wo_version = local.secret_version
#   }
