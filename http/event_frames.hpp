#pragma once
#include <cstdint>
#include <string>

#include "gochron/incident.hpp"
#include "http/server/stream.hpp"

/// Events as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html
namespace gochron::http {

/// The first bytes of a stream. They carry the id of the place where it begins, so that a client whose connection
/// breaks before anything happened misses nothing either.
std::string opening_frame(std::int64_t position);

/// `id`, `event` and `data` of one event.
void append_event_frame(std::string& to, const event& x);

/// Events up to `forgotten` that the client has not seen are gone. Carries no id: the client's last one stays.
std::string gap_frame(std::int64_t forgotten);

/// Shared by all streams.
const frame& heartbeat_frame();
const frame& slow_frame();    ///< the last one for a client that does not read
const frame& invalid_frame(); ///< the last one for a token that is no longer good
const frame& closing_frame(); ///< the last one of a server that stops

} // namespace gochron::http
