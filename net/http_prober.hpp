#pragma once
#include "net/services.hpp"

namespace gochron::net {

/// Makes one http check. `spec` must hold an http_check. `keep_response`: see probe_job.
asio::awaitable<check_outcome> probe_http(services& s, std::shared_ptr<const monitor_spec> spec, bool keep_response);

} // namespace gochron::net
