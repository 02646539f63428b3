#pragma once
#include <string_view>
#include <vector>

#include "core/schema/json.hpp"
#include "gochron/incident_messages.hpp"

/// What other systems push to an inbound URL, as signals.
namespace gochron::core {

/// A body in our own format, in PagerDuty's (Events API v2), or of Alertmanager's webhook (version 4); which, its
/// members say. At most most_open_incidents signals. Errors: `malformed`, `invalid` with all violations, `too_large`.
///
/// Our own format is read strictly. The others are read as their senders mean them: what is too long is cut, what is
/// not known is kept in `details`.
result<std::vector<incident_signal>> parse_signals(std::string_view body);

} // namespace gochron::core
