#pragma once
#include <optional>

#include "net/connection.hpp"
#include "net/http_message.hpp"

namespace gochron::net {

/// What came of a request. Both are set when the answer broke off after its headers.
struct http_exchange {
  std::optional<http_response> response;
  std::optional<net::failure> failure;
};

/// Sends `request`, follows redirects if it says so (each hop is resolved and checked anew), and reads the answer:
/// at most 64 KiB and 100 lines of headers, at most `body_cap` of body, nothing decompressed. Ends by the attempt's
/// deadline. One HTTP/1.1 connection a hop.
asio::awaitable<http_exchange> fetch(services& s, attempt& a, http_request request);

} // namespace gochron::net
