#pragma once
#include <chrono>
#include <cstdint>
#include <type_traits>

#include "http/server/response.hpp"

namespace gochron::http {

class reply_port;

/// Where one answer goes. A plain value: copy it, put it in a message, keep it for ever, from any thread, also after
/// the client left, after its descriptor was given to another client, and after the server is gone. A reply to a ticket
/// that no longer stands for a waiting request is counted and dropped; it never reaches anybody else.
struct ticket {
  reply_port* port = nullptr;   ///< mailbox of the connection's reactor; never freed
  std::uint64_t generation = 0; ///< of the connection; unique in the process
  int fd = -1;
  std::uint32_t slot = 0; ///< which of the connection's requests
  bool head = false;      ///< the request was HEAD
  bool keep = false;      ///< the client asked for the connection to live on
};
static_assert(std::is_trivially_copyable_v<ticket>);

/// Answers a request. Call it once; a second answer is dropped as stale. Thread-safe, never blocks. On the thread of
/// the connection (inside the handler) the answer takes the direct way.
void reply(const ticket& to, response r);

/// Sets the handler deadline of this request to `from_now`, for answers that are known to take long. Thread-safe.
void extend_deadline(const ticket& of, std::chrono::milliseconds from_now);

} // namespace gochron::http
