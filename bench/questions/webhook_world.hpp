#pragma once
#include <string>
#include <vector>

#include "bench/harness/server.hpp"
#include "bench/peers/receiver.hpp"

namespace gochron::bench {

/// Heartbeats that fail and recover when told to, channels, and one rule that brings them together. Of a running server
/// they are removed again at the end.
class webhook_world {
public:
  webhook_world(const server& of, const receiver& hooks) : server_(of), hooks_(hooks) {}
  ~webhook_world();
  webhook_world(const webhook_world&) = delete;
  webhook_world& operator=(const webhook_world&) = delete;

  void add_jobs(std::uint64_t count);
  void add_channels(const std::vector<std::string>& urls);
  /// From now on every incident goes to these channels (of all that were added, in their order).
  void tell(std::size_t first, std::size_t count);
  /// From now on incidents go nowhere.
  void tell_nobody();

  std::uint64_t jobs() const { return paths_.size(); }
  /// Pings all jobs (or `count` of them, `rate` a second), at least one of them for each second.
  void all(bool fail, std::uint64_t count = 0, double rate = 0) const;
  /// Waits until the receiver has so many webhooks; throws std::runtime_error when they do not come.
  void wait_for(std::size_t webhooks, double seconds) const;

private:
  const server& server_;
  const receiver& hooks_;
  std::vector<std::string> ids_, paths_, channels_, rules_;
};

} // namespace gochron::bench
