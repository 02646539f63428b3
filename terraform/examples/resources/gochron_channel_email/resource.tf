resource "gochron_channel_email" "operations" {
  name = "Operations"
  key  = "operations.email"
  to   = ["operations@example.com"]
}
