#pragma once
#include <functional>
#include <string_view>

#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "gochron/messages.hpp"

namespace gochron::actors {

/// What a ping leaves in the history, as far as the ping alone says it.
check_result ping_result(monitor_id id, org_id org, const ping& x);

/// Answers a ping at once, on the calling thread, where it is only to be remembered (see ping_index.hpp); otherwise
/// gives `to_actor` the message for the monitor. Errors: `not_found`, and those of ping_monitor.
void receive_ping(const leaf_deps& deps, std::string_view token, ping x, reply_to<void> reply,
                  const std::function<void(ping_monitor)>& to_actor);

} // namespace gochron::actors
