terraform {
  required_providers {
    gochron = {
      source = "gochron/gochron"
    }
  }
}

# The token comes from GOCHRON_TOKEN, so that it is in no file.
provider "gochron" {
  endpoint = var.gochron_url

  # Who asks why something was changed finds the commit in the audit log.
  change_reason = var.commit
}

variable "gochron_url" {
  type = string
}

variable "commit" {
  type    = string
  default = null
}
