data "gochron_maintenance_window" "patching" {
  key = "patching"
}
