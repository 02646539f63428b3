#pragma once
#include "net/services.hpp"

namespace gochron::net {

/// Makes one tcp check: connect, then TLS and script in the order that `tls` says. `spec` must hold a tcp_check.
asio::awaitable<check_outcome> probe_tcp(services& s, std::shared_ptr<const monitor_spec> spec);

} // namespace gochron::net
