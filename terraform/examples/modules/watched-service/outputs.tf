output "monitor_ids" {
  description = "By the short names of the URLs."
  value       = { for name, monitor in gochron_monitor.service : name => monitor.id }
}

output "alert_rule_id" {
  value = gochron_alert_rule.service.id
}
