#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "http/server/peer.hpp"
#include "http/server/stream_sink.hpp"
#include "http/server/ticket.hpp"

namespace gochron::http {

/// The beginning of an answer that is streamed.
struct stream_start {
  response head;
  std::shared_ptr<stream_sink> sink;
};

/// Something was sent to the stream.
struct knock {};

/// What comes to a request from outside its reactor: its answer, or a new handler deadline from now.
struct letter {
  ticket to;
  std::variant<response, std::chrono::milliseconds, stream_start, knock> what;
};

/// A connection that was accepted and awaits its reactor.
struct newcomer {
  int fd = -1;
  peer from;
};

/// Who takes letters on the reactor's own thread.
class letter_desk {
public:
  virtual ~letter_desk() = default;
  virtual void take(letter x) = 0;
};

/// The mailbox of one reactor: a vector under a mutex and one eventfd, written when the vector was empty. Ports are
/// never freed (tickets point at them for ever); a closed one drops what comes and is opened again by a later server.
class reply_port {
public:
  struct batch {
    std::vector<letter> letters;
    std::vector<newcomer> newcomers;
    bool drain = false;
  };

  /// An open port that is nobody else's. Throws std::system_error without a descriptor.
  static reply_port& open();

  /// Any thread. A letter to a closed port counts as stale.
  void send(letter x);
  /// False, and the descriptor stays the caller's, when the port is closed.
  bool send(const newcomer& x);
  void send_drain();

  /// The rest is for the owner. Edge-triggered use: `collect` empties the eventfd.
  int event_fd() const { return event_fd_; }
  batch collect();
  std::uint64_t dropped() const { return dropped_; } ///< letters that found the port closed, ever
  /// What was sent and never collected, for the owner to dispose of.
  batch close();

  /// While one lives, letters from this thread to `port` go straight to `desk`.
  class on_duty {
  public:
    on_duty(const reply_port& port, letter_desk& desk);
    ~on_duty();
    on_duty(const on_duty&) = delete;
    on_duty& operator=(const on_duty&) = delete;
  };

private:
  reply_port() = default;
  bool is_quiet() const { return waiting_.letters.empty() && waiting_.newcomers.empty() && !waiting_.drain; }
  void ring() const;

  std::mutex mutex_;
  bool open_ = false;
  int event_fd_ = -1;
  batch waiting_;
  std::atomic<std::uint64_t> dropped_{0};
};

} // namespace gochron::http
