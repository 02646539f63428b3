#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "gochron/clock.hpp"
#include "net/asio.hpp"

namespace gochron::net {

/// How a wait for a socket ended.
enum class wake : std::uint8_t { ready, late, aborted };

class watch;

/// Tells coroutines when their sockets may be used: one edge-triggered epoll instance for all of them, nested in the
/// loop's own, and one coarse clock for all their deadlines. A check then costs one registration and no timer, against
/// two registrations, a poll and three timers of Asio's sockets. On its loop's thread only.
class readiness {
public:
  /// Throws std::runtime_error when there is no epoll instance to be had.
  explicit readiness(asio::io_context& io);

  /// Ends every wait as aborted, now and later, so that the loop may end.
  void close();

  /// Deadlines are noticed at most this late.
  static constexpr milliseconds tick{10};

private:
  friend class watch;

  struct place {
    watch* owner = nullptr;
    std::uint32_t generation =
        0; ///< of the place's present descriptor: what was reported for an earlier one is ignored
  };

  void listen();
  void drain();
  void tick_on();
  void wake_late();
  std::uint32_t enter(watch& x);
  void leave(std::uint32_t place);

  asio::posix::stream_descriptor poller_;
  asio::steady_timer clock_;
  bool closed_ = false, ticking_ = false;
  std::vector<place> places_;
  std::vector<std::uint32_t> free_;
  std::size_t waiting_ = 0;
};

/// One socket after another, and at most one waiter.
class watch {
public:
  explicit watch(readiness& r) : ready_(r), place_(r.enter(*this)) {}
  ~watch() { ready_.leave(place_); }
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;

  /// From now on this descriptor; closing it ends that by itself. False: the system has no room for it.
  bool attach(int fd);

  /// To be called before an operation that may say EAGAIN: what was reported earlier no longer counts.
  void forget() { signaled_ = false; }

  /// Whether a read may find something, an error or the end. The system reports each arrival once, so this holds until
  /// drained() says that a read has said EAGAIN.
  bool readable() const { return readable_; }
  void drained() { readable_ = false; }

  /// Whether the descriptor was reported to have failed, as when a connection is refused.
  bool failed() const { return failed_; }

  /// After EAGAIN: until the descriptor is ready, or `deadline`.
  asio::awaitable<wake> until(monotonic_time deadline);

private:
  friend class readiness;
  using handler = asio::async_result<asio::use_awaitable_t<>, void(wake)>::handler_type;

  void report(std::uint32_t events);
  void end(wake how);

  readiness& ready_;
  std::uint32_t place_;
  bool signaled_ = false, readable_ = false, failed_ = false;
  std::optional<handler> waiter_;
  monotonic_time deadline_;
};

} // namespace gochron::net
