# By its key, or by its id.
terraform import gochron_maintenance_window.patching patching
