# By its key, or by its id.
terraform import gochron_schedule.primary primary
