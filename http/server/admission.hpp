#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/server/options.hpp"
#include "http/server/peer.hpp"

namespace gochron::http {

/// Counts open connections, of the process and of each address. Thread-safe.
class admission {
public:
  explicit admission(const limits& l) : limits_(l) {}

  /// False when one more would be over a limit; else it counts until `leave`.
  bool enter(const peer& p);
  void leave(const peer& p);

  std::size_t open() const;
  /// True when no connection is left, at the latest at `deadline`.
  bool wait_until_empty(std::chrono::steady_clock::time_point deadline);

private:
  const limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable emptied_;
  std::size_t open_ = 0;
  std::unordered_map<std::string, std::size_t> by_ip_;
};

} // namespace gochron::http
