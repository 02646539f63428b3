# Each Sunday at two by the clock on the wall, whatever carries the tag is not checked for an hour.
resource "gochron_maintenance_window" "patching" {
  name      = "Patching"
  key       = "patching"
  time_zone = "Europe/Paris"
  mode      = "pause_checks"

  selector = {
    tags = ["patched:weekly"]
  }

  weekly = {
    weekdays         = ["sunday"]
    start            = "02:00"
    duration_seconds = 3600
  }
}
