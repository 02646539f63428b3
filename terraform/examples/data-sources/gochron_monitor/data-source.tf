data "gochron_monitor" "shop" {
  key = "shop.front"
}

output "shop_is" {
  value = data.gochron_monitor.shop.status
}
