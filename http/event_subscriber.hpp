#pragma once
#include <string>

#include "http/event_streams.hpp"

/// The insides of event_streams, for its two source files.
namespace gochron::http {

struct event_streams::subscriber final : stream_watcher, std::enable_shared_from_this<subscriber> {
  /// `resting`: what was read is on its way to the client; the next read follows when it has left.
  enum class phase : std::uint8_t { opening, reading, resting, failed, live, over };

  subscriber(event_streams& streams, const token_record& token, std::string from, event_filter filter)
    : of(streams), org(token.org), who(token.id), digest(token.digest), ip(std::move(from)), only(std::move(filter)) {}

  void drained() override { of.drained(shared_from_this()); }
  void gone() override { of.let_go(*this); }

  event_streams& of;
  const org_id org;
  const token_id who;
  const sha256_digest digest;
  const std::string ip;
  const event_filter only;
  std::uint64_t beat = 0; ///< which second of the heartbeat's is its own
  stream out;             ///< from here on with the mutex, but for `position` once live
  std::int64_t position = 0;
  bool asked_back = false; ///< is still to be told of a gap
  phase at = phase::opening;
};

/// The present of one organisation.
struct event_streams::tail {
  std::int64_t position = 0; ///< all live ones have been told of what is up to here
  bool reading = false, again = false;
  std::vector<subscriber_ptr> live;
};

} // namespace gochron::http
