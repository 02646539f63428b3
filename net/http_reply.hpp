#pragma once
#include "net/connection.hpp"
#include "net/http_client.hpp"

namespace gochron::net {

/// Reads one response from `c`. `to_head` when it answers a HEAD request and so has no body.
asio::awaitable<http_exchange> read_reply(connection& c, attempt& a, bool to_head, std::size_t body_cap);

} // namespace gochron::net
