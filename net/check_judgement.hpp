#pragma once
#include <string_view>

#include "gochron/monitor.hpp"
#include "net/http_client.hpp"

namespace gochron::net {

/// `2xx`, `404` or `200-299`. A pattern that is none of these matches nothing.
bool matches_status(std::string_view pattern, unsigned status);

/// What an exchange means for a check: failure, then status, then keywords, then speed. The headers and 4 KiB of the
/// body are kept unless it is up, or in any case.
check_outcome judge(const monitor_spec& spec, const http_check& check, http_exchange x, const attempt& a,
                    bool keep_response = false);

/// What the end of a TCP attempt means.
check_outcome judge(const monitor_spec& spec, const outcome<void>& x, const attempt& a);

/// A check that was not made.
check_outcome not_made(std::string message, timestamp at);

} // namespace gochron::net
