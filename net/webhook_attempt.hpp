#pragma once
#include "gochron/probe.hpp"
#include "net/services.hpp"

namespace gochron::net {

/// Makes one POST. A complete response head decides: a receiver that answered 2xx and then stalls has received.
asio::awaitable<delivery_attempt> send_webhook(services& s, webhook_post post);

} // namespace gochron::net
