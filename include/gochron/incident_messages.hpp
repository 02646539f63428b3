#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/change.hpp"
#include "gochron/incident_documents.hpp"
#include "gochron/reply.hpp"

/// What the REST layer says about incidents, beyond handle_incident.
namespace gochron {

// -- notes and post-mortems -------------------------------------------------------------------------------------------

/// Errors of all of these: `not_found`, for the incident too.

/// `wanted` has its organisation, incident and text. Errors: `limit_exceeded`.
struct create_note {
  incident_note wanted;
  written_by<incident_note> by;
  reply_to<incident_note> reply;
};

/// `wanted` also has its id.
struct edit_note {
  incident_note wanted;
  written_by<incident_note> by;
  reply_to<incident_note> reply;
};

struct remove_note {
  org_id org;
  incident_id incident;
  note_id id;
  written_by<void> by;
  reply_to<void> reply;
};

/// Makes or replaces it; `wanted` has its organisation, incident and text.
struct write_postmortem {
  postmortem wanted;
  written_by<postmortem> by;
  reply_to<postmortem> reply;
};

struct remove_postmortem {
  org_id org;
  incident_id incident;
  written_by<void> by;
  reply_to<void> reply;
};

// -- incidents that somebody opens ------------------------------------------------------------------------------------

enum class signal_verb : std::uint8_t { trigger, acknowledge, resolve };

/// What somebody outside says of something that we do not watch ourselves.
struct incident_signal {
  signal_verb verb = signal_verb::trigger;
  std::string dedup_key; ///< which incident of the monitor; empty: a new one, to trigger only
  std::string title;     ///< to trigger
  std::optional<gochron::severity> severity;
  std::string message;
  std::string details; ///< a JSON object, or empty
  std::optional<std::string> runbook_url;
  std::optional<timestamp> started_at;
};

enum class signal_outcome : std::uint8_t { opened, repeated, acknowledged, resolved, unchanged, unknown };

struct signal_answer {
  signal_outcome outcome = signal_outcome::unknown;
  std::string dedup_key;
  std::optional<gochron::incident> incident; ///< as it is now; unset: none with this key is open
};

/// To the monitor that the incidents are to belong to; all signals in one transaction, in their order. Errors:
/// `not_found`, `conflict` while it is paused, `busy` with too many open incidents.
struct signal_incidents {
  org_id org;
  monitor_id monitor;
  incident_source source = incident_source::inbound;
  std::vector<incident_signal> signals;
  written_by<std::vector<signal_answer>> by;
  reply_to<std::vector<signal_answer>> reply;
};

/// Open incidents that a monitor has room for.
constexpr std::size_t most_open_incidents = 1'000;

} // namespace gochron
