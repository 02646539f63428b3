#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/action_link.hpp"
#include "gochron/channel.hpp"
#include "gochron/error.hpp"
#include "gochron/incident.hpp"

namespace gochron::core {

/// What an event is to people.
enum class tone : std::uint8_t { trouble, taken, over, news };

struct notice_fact {
  std::string label;
  std::string value; ///< one line
};

/// Something that can be done about it, once.
struct notice_action {
  link_verb verb = link_verb::acknowledge;
  std::string url;   ///< of a page that asks again
  std::string token; ///< that is in it
};

/// An event's body as people read it; what receivers with a format of their own are told. Every text is in UTF-8.
struct notice {
  event_type type = event_type::incident_opened;
  core::tone tone = core::tone::news;
  std::string headline;           ///< one line
  std::string summary;            ///< a sentence more; may be empty
  std::vector<notice_fact> facts; ///< in the order in which they matter
  std::string link;               ///< of a page of its incident, for people; filled in by notice_of(), may be empty
  std::string runbook_url;        ///< may be empty

  std::string event_id;
  std::string timestamp;   ///< RFC 3339
  std::string incident_id; ///< empty: it is about no incident
  std::string monitor_id;  ///< may be empty, as the three below
  std::string monitor_name;
  std::string monitor_target;
  std::string cause; ///< a code
  std::string by;    ///< who acknowledged or resolved
  std::vector<std::string> tags;
  gochron::severity severity = severity::info;
  std::int64_t number = 0;            ///< of the incident; 0: none
  std::vector<notice_action> actions; ///< filled in by notice_of() (actions.hpp)

  /// What all events about the same thing share: the incident's id, or the event's own.
  const std::string& thread() const { return incident_id.empty() ? event_id : incident_id; }
};

/// Reads what event_body.hpp writes, for the user `whom` where it is told to somebody in person. Error: `malformed` for
/// anything else.
result<notice> read_notice(std::string_view body, const std::optional<user_id>& whom = std::nullopt);

/// Headline, summary, facts and link as lines of plain text.
std::string plain_text(const notice& x);

/// A marker in front of a headline, for those without colours.
std::string_view marker(tone x);

/// `0xRRGGBB`.
std::uint32_t colour(const notice& x);
/// `#RRGGBB`.
std::string colour_text(const notice& x);

} // namespace gochron::core
