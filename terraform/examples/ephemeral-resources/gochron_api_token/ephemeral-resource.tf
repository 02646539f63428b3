# Lives for one run. Here a second provider may do no more than it must.
ephemeral "gochron_api_token" "reader" {
  name   = "terraform-reader"
  scopes = ["limits:read"]
}

provider "gochron" {
  alias = "reader"
  token = ephemeral.gochron_api_token.reader.secret
}

data "gochron_limits" "all" {
  provider = gochron.reader
}
