data "gochron_egress_ips" "all" {}

# What a firewall's ingress rule takes.
output "let_in" {
  value = data.gochron_egress_ips.all.cidr_blocks
}
