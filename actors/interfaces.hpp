#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/timers.hpp"
#include "gochron/messages.hpp"
#include "gochron/store.hpp"

/// Every typed actor interface of the tree, a line a message. Read top down it is the architecture:
///
///   root ─┬─ shard ─┬─ monitor   one a monitor
///         │         ├─ channel   one a channel
///         │         ├─ policy    one an escalation policy
///         │         └─ window    one a maintenance window
///         ├─ desk                rules, tokens, users, organisations
///         └─ handoffs            schedules that tell who comes on call
///   together                      one a write of several owners, as long as it takes
///
/// All messages are events: an answer goes through the `reply` in the message, never back along the mailbox.
namespace gochron::actors {

/// The rest of a method of the receiver, after something outside (store, prober, sender) has answered.
struct resume {
  std::function<void()> rest;
};

/// A timer of this leaf fired.
struct timer_fired {
  std::uint32_t token = 0;
};

/// The timer by which a leaf tells its shard that it is no more: what it stands for was deleted. It goes on answering
/// `not_found` to what is on its way; the shard takes it out of its table, and answers that itself, before it passes
/// the timer on. Nothing comes to the leaf behind that, so then it ends.
constexpr std::uint32_t departed_token = 0xffff'fffe;

/// There is a new gap in the log of what was observed: wall times that were waited for may have come.
struct clock_jumped {};

/// The outbox may hold something due for this channel.
struct outbox_changed {
  org_id org;
  channel_id id;
};

/// What the rules say has changed while one of them may not tell of this monitor's incident yet.
struct rules_changed {
  org_id org;
  monitor_id id;
};

/// A ping that its heartbeat is to judge; see engine::receive.
class ping_on_its_way;
struct ping_monitor {
  monitor_id id;
  gochron::ping ping;
  reply_to<void> reply;
  std::shared_ptr<ping_on_its_way> way; ///< null: nobody waits for it to arrive
};

/// A commit has changed this row: to its policy's actor.
struct escalation_changed {
  org_id org;
  policy_id id; ///< the policy
  escalation row;
};

/// A monitor depends on this one. `since`: it wants a round that has begun since then; unset: only to know how it is.
struct look_for_child {
  monitor_id id;
  std::optional<timestamp> since;
};

/// What comes to a monitor rarely. One message, since a handler costs each of a million monitors 40 bytes.
using monitor_request = std::variant<clock_jumped,      // the next round may be another one
                                     rules_changed,     // somebody may have to be told now
                                     edit_monitor,      // change, pause, resume it
                                     remove_monitor,    // delete it and end
                                     run_monitor,       // check now
                                     reset_monitor,     // begin again from pending
                                     rotate_url,        // another capability in its URL
                                     wait_for_status,   // say when it has held
                                     handle_incident,   // acknowledge or resolve its incident
                                     escalate_incident, // its policy has decided
                                     look_for_child,    // others depend on it
                                     signal_incidents>; // somebody opens, takes or ends incidents of it

/// Watches one target, or waits for its pings. Owns the monitor's state machine and its open incident.
using monitor_actor = caf::typed_actor<caf::reacts_to<timer_fired>,      // a round, a retry or a deadline is due
                                       caf::reacts_to<resume>,           // an outcome or a commit came back
                                       caf::reacts_to<get_monitor>,      // show it
                                       caf::reacts_to<ping_monitor>,     // a job says something
                                       caf::reacts_to<monitor_request>>; // the rest

/// Sends what is due in one channel's outbox, in order within an incident.
using channel_actor =
    caf::typed_actor<caf::reacts_to<timer_fired>,    // a retry is due
                     caf::reacts_to<resume>,         // an attempt or a commit came back
                     caf::reacts_to<outbox_changed>, // look again
                     caf::reacts_to<get_channel>, caf::reacts_to<edit_channel>, caf::reacts_to<remove_channel>,
                     caf::reacts_to<roll_secret>,  // a new secret, the old one for a while
                     caf::reacts_to<test_channel>, // one attempt now
                     caf::reacts_to<redeliver>,    // a finished delivery once more
                     caf::reacts_to<send_code>,    // to a contact method
                     caf::reacts_to<verify_code>>; // it has come back

/// Keeps the time of the incidents that climb one escalation policy, and decides whom they tell next.
using policy_actor =
    caf::typed_actor<caf::reacts_to<timer_fired>,        // an incident is due
                     caf::reacts_to<resume>,             // a monitor or a commit answered
                     caf::reacts_to<clock_jumped>,       // more may be due
                     caf::reacts_to<escalation_changed>, // an incident moved
                     caf::reacts_to<get_policy>, caf::reacts_to<edit_policy>, caf::reacts_to<remove_policy>,
                     caf::reacts_to<forecast_policy>>; // what would happen

/// Keeps the time of one maintenance window.
using window_actor = caf::typed_actor<caf::reacts_to<timer_fired>,  // an occurrence begins or ends
                                      caf::reacts_to<resume>,       // a commit answered
                                      caf::reacts_to<clock_jumped>, // it may have
                                      caf::reacts_to<get_window>, caf::reacts_to<edit_window>,
                                      caf::reacts_to<remove_window>, caf::reacts_to<end_window>>;

/// A monitor, channel or policy to be created, its id and first row already made.
struct new_monitor {
  monitor_record record;
  written_by<monitor_view> by;
  part_ptr into;
  reply_to<monitor_view> reply;
};
struct new_channel {
  channel_record record;
  written_by<channel_record> by;
  part_ptr into;
  reply_to<channel_record> reply;
};
struct new_policy {
  escalation_policy_record record;
  written_by<escalation_policy_record> by;
  part_ptr into;
  reply_to<escalation_policy_record> reply;
};

struct new_window {
  maintenance_window_record record;
  written_by<maintenance_window_view> by;
  part_ptr into;
  reply_to<maintenance_window_view> reply;
};

/// What maintenance windows say may be another thing for any monitor of the organisation.
struct maintenance_changed {
  org_id org;
};

/// Leaves that the database already holds: at the start of the engine.
struct adopt {
  std::vector<loaded_monitor> monitors;
  std::vector<channel_record> channels;
  std::vector<escalation_policy_record> policies;
  std::vector<loaded_window> windows = {};
};

/// What a tick brings to a shard: timers of its leaves, and letters.
struct ticked {
  tick_batch batch;
};

/// Supervises its leaves: restarts them, quarantines them, and passes on what is addressed to them.
using shard_actor =
    caf::typed_actor<caf::reacts_to<adopt>, caf::reacts_to<new_monitor>, caf::reacts_to<new_channel>,
                     caf::reacts_to<ticked>, caf::reacts_to<clock_jumped>, caf::reacts_to<resume>,
                     // passed on to the leaf:
                     caf::reacts_to<get_monitor>, caf::reacts_to<edit_monitor>, caf::reacts_to<remove_monitor>,
                     caf::reacts_to<run_monitor>, caf::reacts_to<reset_monitor>, caf::reacts_to<rotate_url>,
                     caf::reacts_to<wait_for_status>, caf::reacts_to<ping_monitor>, caf::reacts_to<handle_incident>,
                     caf::reacts_to<outbox_changed>, caf::reacts_to<rules_changed>, caf::reacts_to<get_channel>,
                     caf::reacts_to<edit_channel>, caf::reacts_to<remove_channel>, caf::reacts_to<roll_secret>,
                     caf::reacts_to<test_channel>, caf::reacts_to<redeliver>, caf::reacts_to<new_policy>,
                     caf::reacts_to<escalate_incident>, caf::reacts_to<escalation_changed>, caf::reacts_to<get_policy>,
                     caf::reacts_to<edit_policy>, caf::reacts_to<remove_policy>, caf::reacts_to<forecast_policy>,
                     caf::reacts_to<look_for_child>, caf::reacts_to<new_window>, caf::reacts_to<maintenance_changed>,
                     caf::reacts_to<get_window>, caf::reacts_to<edit_window>, caf::reacts_to<remove_window>,
                     caf::reacts_to<end_window>, caf::reacts_to<send_code>, caf::reacts_to<verify_code>,
                     caf::reacts_to<signal_incidents>>;

/// Writes what has no actor of its own.
using desk_actor =
    caf::typed_actor<caf::reacts_to<resume>, caf::reacts_to<create_rule>, caf::reacts_to<get_rule>,
                     caf::reacts_to<edit_rule>, caf::reacts_to<remove_rule>, caf::reacts_to<create_token>,
                     caf::reacts_to<edit_token>, caf::reacts_to<rotate_token>, caf::reacts_to<remove_token>,
                     caf::reacts_to<create_user>, caf::reacts_to<edit_user>, caf::reacts_to<remove_user>,
                     caf::reacts_to<create_organization>, caf::reacts_to<create_schedule>, caf::reacts_to<get_schedule>,
                     caf::reacts_to<edit_schedule>, caf::reacts_to<remove_schedule>, caf::reacts_to<create_override>,
                     caf::reacts_to<remove_override>, caf::reacts_to<rotate_feed>, caf::reacts_to<revoke_feed>,
                     caf::reacts_to<edit_override>, caf::reacts_to<rotate_user_feed>, caf::reacts_to<revoke_user_feed>,
                     caf::reacts_to<create_notification_rule>, caf::reacts_to<get_notification_rule>,
                     caf::reacts_to<edit_notification_rule>, caf::reacts_to<remove_notification_rule>,
                     caf::reacts_to<create_team>, caf::reacts_to<get_team>, caf::reacts_to<edit_team>,
                     caf::reacts_to<remove_team>, caf::reacts_to<create_note>, caf::reacts_to<edit_note>,
                     caf::reacts_to<remove_note>, caf::reacts_to<write_postmortem>, caf::reacts_to<remove_postmortem>>;

/// Who is on call by this schedule may be another, or whether anybody is told of it.
struct schedule_changed {
  org_id org;
  schedule_id id;
};

/// Tells those who want it of the hand-offs of schedules.
using handoffs_actor = caf::typed_actor<caf::reacts_to<resume>,           // the store answered
                                        caf::reacts_to<ticked>,           // somebody's duty begins or ends
                                        caf::reacts_to<schedule_changed>, // look again
                                        caf::reacts_to<clock_jumped>>;    // at all

/// A time that a coordinator set itself is over.
struct hold_expired {
  bool of_write = false; ///< otherwise of the holding before it
};

/// Lets several owners write together or not at all; lives as long as that one write.
using together_actor = caf::typed_actor<caf::reacts_to<resume>,        // an owner or the store answered
                                        caf::reacts_to<hold_expired>>; // too late

} // namespace gochron::actors

#define GOCHRON_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(type)
GOCHRON_LOCAL_MESSAGE(gochron::actors::resume)
GOCHRON_LOCAL_MESSAGE(gochron::actors::timer_fired)
GOCHRON_LOCAL_MESSAGE(gochron::actors::clock_jumped)
GOCHRON_LOCAL_MESSAGE(gochron::actors::outbox_changed)
GOCHRON_LOCAL_MESSAGE(gochron::actors::rules_changed)
GOCHRON_LOCAL_MESSAGE(gochron::actors::monitor_request)
GOCHRON_LOCAL_MESSAGE(gochron::actors::new_monitor)
GOCHRON_LOCAL_MESSAGE(gochron::actors::new_channel)
GOCHRON_LOCAL_MESSAGE(gochron::actors::adopt)
GOCHRON_LOCAL_MESSAGE(gochron::actors::ticked)
GOCHRON_LOCAL_MESSAGE(gochron::actors::hold_expired)
GOCHRON_LOCAL_MESSAGE(gochron::actors::schedule_changed)
GOCHRON_LOCAL_MESSAGE(gochron::get_monitor)
GOCHRON_LOCAL_MESSAGE(gochron::edit_monitor)
GOCHRON_LOCAL_MESSAGE(gochron::remove_monitor)
GOCHRON_LOCAL_MESSAGE(gochron::run_monitor)
GOCHRON_LOCAL_MESSAGE(gochron::reset_monitor)
GOCHRON_LOCAL_MESSAGE(gochron::rotate_url)
GOCHRON_LOCAL_MESSAGE(gochron::wait_for_status)
GOCHRON_LOCAL_MESSAGE(gochron::actors::ping_monitor)
GOCHRON_LOCAL_MESSAGE(gochron::handle_incident)
GOCHRON_LOCAL_MESSAGE(gochron::get_channel)
GOCHRON_LOCAL_MESSAGE(gochron::edit_channel)
GOCHRON_LOCAL_MESSAGE(gochron::remove_channel)
GOCHRON_LOCAL_MESSAGE(gochron::roll_secret)
GOCHRON_LOCAL_MESSAGE(gochron::test_channel)
GOCHRON_LOCAL_MESSAGE(gochron::redeliver)
GOCHRON_LOCAL_MESSAGE(gochron::create_rule)
GOCHRON_LOCAL_MESSAGE(gochron::get_rule)
GOCHRON_LOCAL_MESSAGE(gochron::edit_rule)
GOCHRON_LOCAL_MESSAGE(gochron::remove_rule)
GOCHRON_LOCAL_MESSAGE(gochron::create_token)
GOCHRON_LOCAL_MESSAGE(gochron::edit_token)
GOCHRON_LOCAL_MESSAGE(gochron::rotate_token)
GOCHRON_LOCAL_MESSAGE(gochron::remove_token)
GOCHRON_LOCAL_MESSAGE(gochron::create_user)
GOCHRON_LOCAL_MESSAGE(gochron::edit_user)
GOCHRON_LOCAL_MESSAGE(gochron::remove_user)
GOCHRON_LOCAL_MESSAGE(gochron::create_organization)
GOCHRON_LOCAL_MESSAGE(gochron::create_schedule)
GOCHRON_LOCAL_MESSAGE(gochron::get_schedule)
GOCHRON_LOCAL_MESSAGE(gochron::edit_schedule)
GOCHRON_LOCAL_MESSAGE(gochron::remove_schedule)
GOCHRON_LOCAL_MESSAGE(gochron::create_override)
GOCHRON_LOCAL_MESSAGE(gochron::remove_override)
GOCHRON_LOCAL_MESSAGE(gochron::rotate_feed)
GOCHRON_LOCAL_MESSAGE(gochron::revoke_feed)
GOCHRON_LOCAL_MESSAGE(gochron::edit_override)
GOCHRON_LOCAL_MESSAGE(gochron::rotate_user_feed)
GOCHRON_LOCAL_MESSAGE(gochron::revoke_user_feed)
GOCHRON_LOCAL_MESSAGE(gochron::actors::escalation_changed)
GOCHRON_LOCAL_MESSAGE(gochron::actors::new_policy)
GOCHRON_LOCAL_MESSAGE(gochron::escalate_incident)
GOCHRON_LOCAL_MESSAGE(gochron::get_policy)
GOCHRON_LOCAL_MESSAGE(gochron::edit_policy)
GOCHRON_LOCAL_MESSAGE(gochron::remove_policy)
GOCHRON_LOCAL_MESSAGE(gochron::forecast_policy)
GOCHRON_LOCAL_MESSAGE(gochron::actors::look_for_child)
GOCHRON_LOCAL_MESSAGE(gochron::actors::new_window)
GOCHRON_LOCAL_MESSAGE(gochron::actors::maintenance_changed)
GOCHRON_LOCAL_MESSAGE(gochron::get_window)
GOCHRON_LOCAL_MESSAGE(gochron::edit_window)
GOCHRON_LOCAL_MESSAGE(gochron::remove_window)
GOCHRON_LOCAL_MESSAGE(gochron::end_window)
GOCHRON_LOCAL_MESSAGE(gochron::send_code)
GOCHRON_LOCAL_MESSAGE(gochron::verify_code)
GOCHRON_LOCAL_MESSAGE(gochron::create_notification_rule)
GOCHRON_LOCAL_MESSAGE(gochron::get_notification_rule)
GOCHRON_LOCAL_MESSAGE(gochron::edit_notification_rule)
GOCHRON_LOCAL_MESSAGE(gochron::remove_notification_rule)
GOCHRON_LOCAL_MESSAGE(gochron::create_team)
GOCHRON_LOCAL_MESSAGE(gochron::get_team)
GOCHRON_LOCAL_MESSAGE(gochron::edit_team)
GOCHRON_LOCAL_MESSAGE(gochron::remove_team)
GOCHRON_LOCAL_MESSAGE(gochron::create_note)
GOCHRON_LOCAL_MESSAGE(gochron::edit_note)
GOCHRON_LOCAL_MESSAGE(gochron::remove_note)
GOCHRON_LOCAL_MESSAGE(gochron::write_postmortem)
GOCHRON_LOCAL_MESSAGE(gochron::remove_postmortem)
GOCHRON_LOCAL_MESSAGE(gochron::signal_incidents)
