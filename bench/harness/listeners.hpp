#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "bench/harness/socket.hpp"

namespace gochron::bench {

struct endpoint;

/// Many clients that read streams of events, on one thread of this process. Frames are counted by their `data:` lines.
class listeners {
public:
  listeners();
  ~listeners();
  listeners(const listeners&) = delete;
  listeners& operator=(const listeners&) = delete;

  /// One more stream. Connects from an address of its own for every 500, since a server bounds connections an address.
  /// `request` may be empty. Returns when the first bytes have come, if `request` is not. Throws std::runtime_error.
  void add(const endpoint& to, const std::string& request);

  std::uint64_t frames() const { return frames_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t ended() const { return ended_; }
  std::size_t count() const { return lanes_.size(); }
  /// False when not so many frames have come within `seconds`.
  bool wait_for(std::uint64_t frames, double seconds) const;

private:
  void run();
  void read(std::size_t lane);

  std::vector<unique_fd> lanes_;
  std::vector<char> at_line_start_; ///< of each lane, when what comes next begins a line
  unique_fd poller_;
  std::atomic<std::uint64_t> frames_{0}, bytes_{0}, ended_{0};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

} // namespace gochron::bench
