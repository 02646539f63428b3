#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gochron/event_feed.hpp"

/// Which events a reader of the feed wants: the same for lists and for streams.
namespace gochron::core {

/// The monitor that an event is about, as its body says.
struct event_subject {
  std::optional<monitor_id> monitor;
  std::optional<monitor_type> type;
  std::vector<std::string> tags;
};

/// Empty for an event about no monitor, and for a body that is none of ours.
event_subject subject_of(std::string_view body);

/// Whether `matches` looks at the subject at all.
bool asks_for_subject(const event_filter& x);

bool matches(const event_filter& x, const event& e, const event_subject& about);

} // namespace gochron::core
