import {
  to = gochron_team.shop
  id = "shop"
}
