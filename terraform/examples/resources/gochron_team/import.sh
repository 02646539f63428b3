# By its key, or by its id.
terraform import gochron_team.shop shop
