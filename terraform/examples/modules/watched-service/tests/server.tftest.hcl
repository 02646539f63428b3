# With the server that GOCHRON_URL and GOCHRON_TOKEN name: made, changed, and destroyed at the end.
provider "gochron" {
  change_reason = "terraform test"
}

variables {
  name = "shop-under-test"
  urls = {
    front = "https://shop.example.com/health"
  }
}

run "it_is_made" {
  assert {
    condition     = startswith(output.monitor_ids["front"], "mon_")
    error_message = "the server gave no id"
  }
}

run "a_second_url_is_a_second_monitor" {
  variables {
    urls = {
      front = "https://shop.example.com/health"
      api   = "https://api.shop.example.com/health"
    }
  }

  assert {
    condition     = length(output.monitor_ids) == 2
    error_message = "there are not two monitors"
  }
}
