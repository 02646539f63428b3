#pragma once
#include <string>
#include <vector>

#include "gochron/incident.hpp"

namespace gochron::core {

/// What a post-mortem can begin with.
struct postmortem_draft {
  std::string summary, impact;
  std::string markdown;
  bool truncated = false; ///< the timeline has more lines
};

/// From what is recorded alone. `timeline` is oldest first; `truncated` says that it is not whole. Text of people and
/// targets is quoted, so that none of it becomes a heading.
postmortem_draft draft_postmortem(const incident& x, const std::vector<timeline_entry>& timeline, bool truncated);

} // namespace gochron::core
