#pragma once
#include <optional>

#include "net/connection.hpp"
#include "net/http_message.hpp"

namespace gochron::net {

/// What came of a request. Both are set when the answer broke off after its headers.
struct http_exchange {
  std::optional<http_response> response;
  std::optional<net::failure> failure;
  bool reusable = false; ///< the answer is whole, and its connection may carry another request
};

/// Sends `request`, follows redirects if it says so (each hop is resolved and checked anew), and reads the answer:
/// at most 64 KiB and 100 lines of headers, at most `body_cap` of body, nothing decompressed. Ends by the attempt's
/// deadline. One HTTP/1.1 connection a hop.
asio::awaitable<http_exchange> fetch(services& s, attempt& a, http_request request);

/// One hop over a connection that may be an idle one of `s`, and that becomes idle afterwards if the server allows it.
/// For requests that may be sent twice: when an idle connection turns out to have been closed, the request is sent
/// again over a new one within the same attempt.
asio::awaitable<http_exchange> fetch_kept(services& s, attempt& a, http_request request);

} // namespace gochron::net
