import {
  to = gochron_monitor.shop
  id = "shop.front"
}
