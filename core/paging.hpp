#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/alert_matching.hpp"
#include "gochron/escalation.hpp"
#include "gochron/people.hpp"
#include "gochron/schedule.hpp"

/// Whom a target of an escalation comes to, and how they are told. Knows no clock: every instant is a parameter.
namespace gochron::core {

/// A target's id with its type's prefix.
std::string target_text(const escalation_target& x);
/// False unless `text` is an id of `x.type`.
bool read_target_id(std::string_view text, escalation_target& x);

/// `critical` and `error` are in a hurry.
urgency urgency_of(severity x);

/// One way in which somebody is told.
struct page_route {
  channel_id via;
  std::optional<user_id> user = {}; ///< whose contact method that is; unset: a channel of the organisation
  std::string name = {};            ///< of the user
  channel_type type = channel_type::webhook;
  seconds delay{0}; ///< after the step
  friend bool operator==(const page_route&, const page_route&) = default;
};

/// What a target comes to at an instant.
struct target_answer {
  std::vector<page_route> routes;           ///< empty: nobody can be told
  std::vector<paged_user> unreachable = {}; ///< users who have nothing to be told by
  std::string nobody = {};                  ///< why there is neither, a sentence; empty for channels
  std::string name = {};                    ///< of the target; empty: it is gone
  friend bool operator==(const target_answer&, const target_answer&) = default;
};

/// What the ladder asks about people.
struct target_resolver {
  std::function<target_answer(const escalation_target&, urgency, timestamp at)> of;
  std::function<std::optional<page_route>(const pending_page&)> later; ///< unset: it cannot be used any more
};

/// All that decides it, as of one moment.
struct paging_world {
  std::shared_ptr<const alert_book> alerts;
  std::vector<on_call_books> schedules = {};                    ///< those that are asked about
  std::function<std::string(const user_id&)> name_of = nullptr; ///< null, or empty: nobody knows
};

/// A channel: itself, when it is enabled. A user: by their notification rules for the urgency, or at once by everything
/// of theirs that is verified and enabled, where they have no rule or none that leads anywhere. A schedule: whoever is
/// on call then. A team: its members. Nobody is told twice by the same route.
target_resolver resolver_of(paging_world x);

} // namespace gochron::core
