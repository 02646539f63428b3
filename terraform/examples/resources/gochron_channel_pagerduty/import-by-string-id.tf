import {
  to = gochron_channel_pagerduty.operations
  id = "operations.pagerduty"
}
