# Its secret stands in the state, marked sensitive. A token that Terraform itself needs for one run is better made by the
# ephemeral resource of this name, which leaves none.
resource "gochron_api_token" "ci" {
  name       = "ci"
  scopes     = ["monitors:read", "monitors:write"]
  expires_at = "2037-01-31T12:00:00.000Z"
}
