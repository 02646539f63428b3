data "gochron_organization" "own" {}

output "organization" {
  value = data.gochron_organization.own.name
}
