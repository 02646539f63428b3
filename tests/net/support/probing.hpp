#pragma once
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>

#include "net/network.hpp"

namespace gochron::testing {

using namespace std::chrono_literals;

/// A network that may reach 127.0.0.1 and ::1 and nothing else that is special.
inline net::network_options loopback_only() {
  net::network_options out;
  out.egress.allow = {net::parse_cidr("127.0.0.1/32").value(), net::parse_cidr("::1/128").value()};
  return out;
}

/// A started network, and the waiting for its answers.
struct probing {
  net::network network;
  explicit probing(const net::network_options& x = loopback_only()) : network(x) { network.start(); }

  check_outcome check(monitor_spec spec) {
    auto answer = std::make_shared<std::promise<check_outcome>>();
    auto future = answer->get_future();
    network.checks().probe({{}, std::make_shared<const monitor_spec>(std::move(spec))},
                           [answer](check_outcome x) { answer->set_value(std::move(x)); });
    if (future.wait_for(20s) != std::future_status::ready)
      throw std::runtime_error("no answer from the prober");
    return future.get();
  }

  delivery_attempt post(webhook_post x) {
    auto answer = std::make_shared<std::promise<delivery_attempt>>();
    auto future = answer->get_future();
    network.senders().post(std::move(x), [answer](delivery_attempt a) { answer->set_value(std::move(a)); });
    if (future.wait_for(20s) != std::future_status::ready)
      throw std::runtime_error("no answer from the sender");
    return future.get();
  }
};

inline monitor_spec http_spec(std::string url, milliseconds timeout = 5000ms) {
  monitor_spec out;
  out.timeout = timeout;
  http_check check;
  check.url = std::move(url);
  out.check = std::move(check);
  return out;
}

inline http_check& http_of(monitor_spec& x) {
  return std::get<http_check>(x.check);
}

inline monitor_spec tcp_spec(std::string host, std::uint16_t port, milliseconds timeout = 5000ms) {
  monitor_spec out;
  out.timeout = timeout;
  tcp_check check;
  check.host = std::move(host);
  check.port = port;
  out.check = std::move(check);
  return out;
}

inline tcp_check& tcp_of(monitor_spec& x) {
  return std::get<tcp_check>(x.check);
}

} // namespace gochron::testing
