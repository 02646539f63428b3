data "gochron_api_token" "ci" {
  name = "ci"
}

output "ci_was_here" {
  value = data.gochron_api_token.ci.last_used_at
}
