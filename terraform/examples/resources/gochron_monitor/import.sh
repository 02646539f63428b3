# By its key, or by its id.
terraform import gochron_monitor.shop shop.front
