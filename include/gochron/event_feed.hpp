#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gochron/incident.hpp"
#include "gochron/reply.hpp"

/// What happened in an organisation, in an order that is safe to follow: by `event::position`, microseconds since 1970
/// made unique. Nothing is ever added behind a place that a reader has seen (docs/adr/0093).
namespace gochron {

/// Which events; what is empty restricts nothing.
struct event_filter {
  std::vector<event_type> types;
  std::vector<monitor_id> monitors;
  std::vector<monitor_type> monitor_types;
  std::vector<std::string> tags; ///< the event's monitor carries all of them
  std::optional<incident_id> incident;
};

struct event_query {
  event_filter only;
  std::optional<timestamp> from, to; ///< half-open, of event::at
  std::int64_t after = 0;            ///< a position; 0: from the oldest
  std::uint32_t limit = 50;
};

struct event_page {
  std::vector<event> rows;    ///< oldest first
  std::int64_t reached = 0;   ///< all up to here has been looked at: where to go on
  bool more = false;          ///< there is more to look at already; the page may have room left, even be empty
  std::int64_t forgotten = 0; ///< position of the newest event that retention has removed; 0: none
};

/// Thread-safe; answers come on a thread of the store. Errors: `busy`, `unavailable`.
class event_feed {
public:
  virtual ~event_feed() = default;
  virtual void list(org_id org, event_query q, reply_to<event_page> done) = 0;
  /// The same for streams, on a thread of its own: what is slow here delays no list, and no list delays a stream.
  virtual void follow(org_id org, event_query q, reply_to<event_page> done) = 0;
  /// Everything up to here can be read, and nothing will be added to it.
  virtual std::int64_t visible(org_id org) const = 0;
  /// Called whenever visible() of an organisation may have grown, on a thread that writes: it must only take note. One
  /// listener; null ends it.
  virtual void on_news(std::function<void(org_id)> listener) = 0;
};

} // namespace gochron
