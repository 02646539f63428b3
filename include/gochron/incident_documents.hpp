#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/incident.hpp"

/// What people write about incidents, and what is measured of how they were handled.
namespace gochron {

/// A note of somebody who works on an incident. Its line in the timeline has the same uuid, and shows the text as it is
/// now.
struct incident_note {
  note_id id;
  org_id org;
  incident_id incident;
  actor_name author;
  std::string text; ///< Markdown, at most 10,240 bytes
  timestamp created_at{};
  timestamp updated_at{};
};

/// What was learned; every text is Markdown.
struct postmortem_spec {
  std::string summary, impact, root_cause;
  std::vector<std::string> actions; ///< in order
  friend bool operator==(const postmortem_spec&, const postmortem_spec&) = default;
};

/// The one of an incident.
struct postmortem {
  incident_id incident;
  org_id org;
  actor_name author; ///< who wrote it last
  timestamp created_at{};
  timestamp updated_at{};
  postmortem_spec spec;
};

enum class metrics_group : std::uint8_t { monitor, policy, acknowledged_by, severity };

/// Of those that have happened; unset without any.
struct duration_figures {
  std::int64_t count = 0;
  std::optional<double> mean, median, p95; ///< seconds
};

/// How a group of incidents was handled. The time to acknowledge ends with the first acknowledgement, whatever became
/// of it; both begin when the incident opened.
struct response_figures {
  std::optional<std::string> key; ///< what the group has in common; unset: nothing, or all of them
  std::int64_t incidents = 0;
  std::int64_t open = 0; ///< not resolved yet
  duration_figures to_acknowledge, to_resolve;
};

struct response_metrics_query {
  timestamp from{}, to{}; ///< half-open, of opened_at
  std::optional<metrics_group> by;
  std::optional<monitor_id> monitor;
  std::optional<timestamp> horizon; ///< without those that were resolved before
};

struct response_metrics {
  timestamp from{}, to{};
  std::optional<metrics_group> by;
  response_figures total;
  std::vector<response_figures> groups; ///< the largest first; an incident counts in each of its policies' groups
  bool truncated = false;               ///< there are more groups
  static constexpr std::int64_t most_groups = 1'000;
};

} // namespace gochron
