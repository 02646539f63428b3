#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "chaos/leavers/plan.hpp"

namespace gochron::chaos {

/// What a crowd has done.
struct tally {
  std::uint64_t connections = 0, requests = 0, answered = 0, busy = 0;
  std::uint64_t left_sending = 0, left_waiting = 0, left_reading = 0;
  std::string wrong; ///< the first breach; nothing more is done after it
};

/// Many connections to 127.0.0.1 at once, each after its own plan, on one thread.
class crowd {
public:
  crowd(std::uint16_t port, planner thinks, std::size_t at_once);
  ~crowd();
  crowd(const crowd&) = delete;
  crowd& operator=(const crowd&) = delete;

  /// Until so many requests are sent in full and their connections over, or something is wrong.
  const tally& run(std::uint64_t requests);

private:
  using instant = std::chrono::steady_clock::time_point;
  struct client {
    int fd = -1;
    plan todo;
    std::size_t sent = 0, received = 0;
    std::string input;
    instant since, leaves_at = instant::max();
  };

  void come(client& c);
  void on_writable(client& c);
  void on_readable(client& c);
  void take_answers(client& c);
  void leave(client& c);
  void look_at_clock(client& c, instant now);
  void fail(const client& c, std::string what);
  void watch(client& c, bool writes, int operation) const;

  std::uint16_t port_;
  planner thinks_;
  std::vector<client> clients_;
  int epoll_;
  tally done_;
};

} // namespace gochron::chaos
