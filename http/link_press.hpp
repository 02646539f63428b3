#pragma once
#include <functional>
#include <string>

#include "core/action_link.hpp"
#include "http/call.hpp"

/// What a signed link does, wherever it is pressed: on its page, or as a button of a chat.
namespace gochron::http {

struct link_state {
  core::link_outcome outcome = core::link_outcome::open;
  core::link_verb verb = core::link_verb::acknowledge;
  incident about;
  std::vector<timeline_entry> history = {}; ///< of a link for reading: the newest, oldest first
  bool has_more = false;                    ///< than `history` has room for
};

/// Who has answered what came to `to`: the person whose contact method that is; else who the provider says it is, or
/// where that is empty whoever has the message, who is known by the channel.
actor_name answered_by(const message_receiver& to, const actor_name& otherwise);

/// Who presses it, as the provider says; empty: nobody says. See answered_by().
struct link_press {
  core::action_link link;
  actor_name who;
  std::string ip, request_id;
};

using link_answer = std::function<void(result<link_state>)>;

/// What it would do now, or has to tell. Errors: `not_found` (the delivery or its channel is gone), `busy`,
/// `unavailable`.
void look_at(const services& with, const core::action_link& link, link_answer then);

/// Does it, unless it was used, the incident is over, or somebody has done the same. Its use is written in the
/// transaction of its effect: whatever happens meanwhile, it has both or neither. Errors: as look_at.
void press(const services& with, link_press x, link_answer then);

} // namespace gochron::http
