#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "http/server/counters.hpp"
#include "http/server/framer.hpp"
#include "http/server/options.hpp"
#include "http/server/peer.hpp"
#include "http/server/reply_queue.hpp"
#include "http/server/request.hpp"
#include "http/server/ticket.hpp"

namespace gochron::http {

/// Called on a reactor thread for each request; must not block. Answers with `reply`, now or later, from any thread.
using handler = std::function<void(request, ticket)>;

/// What all sessions of a server share. Outlives them.
struct session_context {
  const options& opts;
  const trusted_proxies& proxies;
  const handler& handle;
  counters& counts;
};

/// One connection: bytes in, requests out, answers in, bytes out. Reads and writes its socket, which the transport
/// owns; asks the transport for readiness through `wants_read` and `wants_write`. Reactor thread only.
class session {
public:
  using instant = reply_queue::instant;

  /// `self` is the ticket of this connection, but for slot, head and keep.
  session(const session_context& shared, ticket self, peer from, instant now);

  void readable(instant now);
  void writable(instant now) { flush(now); }
  /// Both directions are gone, or the socket has an error.
  void hung_up() { dead_ = true; }

  /// Takes the next requests if nothing stands in their way any more. Apart from `deliver`, so that a handler that
  /// answers for other connections is never called again inside itself. Writes what was sent to the stream.
  void resume(instant now);

  /// False when nobody waits for it.
  bool deliver(std::uint32_t slot, response r, instant now, std::shared_ptr<stream_sink> stream = nullptr);
  bool extend(std::uint32_t slot, instant due) { return replies_.extend(slot, due); }

  /// Enforces the deadlines that have passed.
  void sweep(instant now);
  /// No request after those that have begun; an idle connection ends at once.
  void drain(instant now);

  bool is_dead() const { return dead_; }
  bool wants_read() const { return lingering_ || stream_ || (!closing_ && !paused_ && !at_end_); }
  bool wants_write() const { return has_output() || (stream_ && stream_->pending()); }
  const ticket& id() const { return self_; }
  const peer& from() const { return from_; }

private:
  /// Output above which the client has to read before it is read from: far below where it is dropped.
  static constexpr std::size_t output_high_water = 64 * 1024;

  bool has_output() const { return written_ < output_.size(); }
  void advance(instant now);
  void take_requests(instant now);
  bool has_room() const;
  bool must_wait() const;
  void dispatch(instant now);
  void start_phase(instant now);
  std::uint32_t add_slot(std::string request_id, bool head, bool keep, bool safe, std::size_t body_size, instant now);
  void answer_crash(std::uint32_t slot, std::string_view what);
  void answer_problem(std::uint32_t slot, unsigned status, std::string_view detail);
  void refuse(const refusal& why, instant now);
  void pump(instant now);
  void emit(const reply_queue::entry& e);
  void flush(instant now);
  void flush_stream(instant now);
  void finish_writing(instant now);
  void sweep_input(instant now);

  const session_context& shared_;
  ticket self_;
  peer from_;
  framer input_;
  reply_queue replies_;
  std::string output_;
  std::size_t written_ = 0;             ///< of output_
  std::shared_ptr<stream_sink> stream_; ///< the last answer, while it goes on
  instant phase_since_;                 ///< when the input's present phase began
  instant progress_at_;                 ///< when the client last took a byte
  instant linger_until_{};
  framer::phase phase_ = framer::phase::idle;
  bool fresh_ = true;      ///< no byte came yet
  bool advancing_ = false; ///< inside `advance`: answers wait for its end, so that they go out in one write
  bool paused_ = false;    ///< nothing is read until an answer is gone
  bool draining_ = false;
  bool closing_ = false;   ///< no request is taken any more; ends when the answers are out
  bool at_end_ = false;    ///< the client has sent its last byte
  bool lingering_ = false; ///< we have sent ours; what comes is thrown away
  bool dead_ = false;
};

} // namespace gochron::http
