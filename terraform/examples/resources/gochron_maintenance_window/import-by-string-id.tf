import {
  to = gochron_maintenance_window.patching
  id = "patching"
}
