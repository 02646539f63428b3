#pragma once
#include <string_view>

#include "core/schema/type.hpp"

/// What may be pushed to an inbound URL, for documents. Only our own format is read by a table of its own.
namespace gochron::core {

/// Our own format, PagerDuty's (Events API v2), or Alertmanager's webhook (version 4).
type_info_ptr inbound_body_info();

/// An example of each, as JSON.
std::string_view example_of_signal();
std::string_view example_of_pager_event();
std::string_view example_of_alertmanager();

} // namespace gochron::core
