import {
  to = gochron_schedule.primary
  id = "primary"
}
