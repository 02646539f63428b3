#pragma once
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <sys/uio.h>

#include "http/server/stream.hpp"

namespace gochron::http {

/// What the two ends of a stream share.
struct stream_state {
  stream_state(const ticket& t, std::size_t most) : to(t), limit(most) {}

  const ticket to;
  const std::size_t limit;
  std::mutex mutex;
  std::shared_ptr<stream_watcher> watcher; ///< null once told that it is over
  std::vector<frame> waiting;              ///< not yet collected
  std::size_t bytes = 0;                   ///< of all that is not yet with the kernel
  bool knocked = false;                    ///< the reactor has been told to collect
  bool ended = false;                      ///< nothing more is taken
  bool cut = false;                        ///< what was collected and has not begun to leave is void
};

/// The end of a stream that writes: with the letter, then with the request, then with the connection, wherever it is
/// dropped the watcher learns of it. Reactor thread only.
class stream_sink {
public:
  explicit stream_sink(std::shared_ptr<stream_state> x) : state_(std::move(x)) {}
  ~stream_sink();
  stream_sink(const stream_sink&) = delete;
  stream_sink& operator=(const stream_sink&) = delete;

  /// Something was sent since `collect`.
  bool has_news() const;
  /// Takes over what was sent.
  void collect();
  /// Takes nothing more: the server's own end of it.
  void close();

  bool pending() const { return next_ < frames_.size(); }
  /// It was ended, and all is written.
  bool is_over() const { return ended_ && !pending(); }
  /// Fills in what is to be written next; how many of `parts` that took.
  std::size_t view(std::span<iovec> parts) const;
  /// That many bytes of it are with the kernel.
  void written(std::size_t n);

private:
  std::shared_ptr<stream_state> state_;
  std::vector<frame> frames_;
  std::size_t next_ = 0, offset_ = 0; ///< what of frames_ is written: whole ones, and bytes of the next
  bool ended_ = false;
};

} // namespace gochron::http
