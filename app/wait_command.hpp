#pragma once
#include <string>
#include <vector>

#include "app/api_client.hpp"

namespace gochron::app {

struct wait_request {
  api_access server;
  std::string monitor;                     ///< its id or its key
  std::vector<std::string> statuses{"up"}; ///< any of them will do
  std::int64_t stable_seconds = 30;        ///< for how long it must have held
  std::int64_t timeout_seconds = 300;      ///< how long to wait at most
  std::int64_t unreachable_seconds = 60;   ///< how long the server may be away, each time
  bool json = false;                       ///< print what the server answered
};

/// Exit codes of `gochron wait`; docs/ci.md lists them.
enum class wait_end : int {
  satisfied = 0,
  timed_out = 1,   ///< the server answered, and the status was not what was wanted
  refused = 2,     ///< the question is wrong: a status that does not exist, an answer that is not gochron's
  no_access = 3,   ///< the token is mistyped, unknown, expired, or lacks `monitors:read`
  not_found = 4,   ///< no such monitor, or it was deleted meanwhile
  unreachable = 5, ///< nobody answered, or only to say "later", until the time was over
};

/// Asks a server to say when a monitor has had a status for a while, and prints how that ended. The server holds the
/// request, so nothing is polled; what is only for now (a restart, too many requests) is asked again, as late as the
/// server says. Blocks for `timeout_seconds` and a little at most. Gives a `wait_end`.
int wait_for_monitor(const wait_request& wanted);

} // namespace gochron::app
