#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include "http/server/response.hpp"
#include "http/server/ticket.hpp"

namespace gochron::http {

/// Bytes that many streams may share.
using frame = std::shared_ptr<const std::string>;

/// Hears what becomes of a streamed answer, on the reactor's thread (or on that which drops the answer). Must not
/// block.
class stream_watcher {
public:
  virtual ~stream_watcher() = default;
  /// All that was sent is with the kernel.
  virtual void drained() = 0;
  /// Whatever is sent from now on reaches nobody: the client left, the stream ended, or the request was given up before
  /// it began. Called once, perhaps inside `begin`.
  virtual void gone() = 0;
};

struct stream_state;

/// The sending end of an answer that has no end of its own. A value: copy it, keep it for ever, use it from any thread.
/// What is sent to a stream that is over is dropped; it never reaches anybody else (docs/adr/0094).
class stream {
public:
  stream() = default;

  /// Answers a request, in place of `reply`: status line and headers of `head` without Content-Length, its body as the
  /// first bytes, then all that is sent. The connection ends with the stream. The handler's and the idle deadline no
  /// longer apply; that for writing does. The watcher is kept until it was told `gone`. `limit`: bytes that may wait
  /// for a client that does not read.
  static stream begin(const ticket& to, response head, std::shared_ptr<stream_watcher> watcher, std::size_t limit);

  /// False, and nothing is sent: it is over, or more than the limit waits already. Never blocks.
  bool send(frame x) const;
  /// The last frame, behind what waits.
  void end(frame last) const;
  /// The last frame, in place of all that waits and has not begun to leave.
  void cut(frame last) const;

private:
  explicit stream(std::shared_ptr<stream_state> x) : state_(std::move(x)) {}
  void finish(frame last, bool at_once) const;

  std::shared_ptr<stream_state> state_;
};

} // namespace gochron::http
