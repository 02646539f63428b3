#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"
#include "actors/record_leaf.hpp"
#include "core/channels/kind.hpp"
#include "core/webhook_signature.hpp"

namespace gochron::actors {

/// An attempt that was made. Those of one message share it: it counts once, and they are tried again together.
struct heard_attempt {
  delivery_attempt attempt;
  bool counts = true;
  double dice = 0; ///< in [0, 1): when it is tried again
};

/// One channel: claims what is due in its outbox and sends it. The outbox in Postgres is the truth; in memory are only
/// the deliveries that are being sent. Order within an incident is kept by the claim (only the oldest pending delivery
/// of an incident is ever due), so no incident waits for another.
struct channel_actor_state : record_leaf<channel_actor_state> {
  using handle = channel_actor;
  static inline const char* name = "channel";
  channel_actor::stateful_pointer<channel_actor_state> self = nullptr;
  const leaf_deps* deps = nullptr;
  leaf_address where;

  std::shared_ptr<const channel_record> record;
  std::optional<core::webhook_signer> signer; ///< of the record's secret; made when first needed
  std::deque<delivery> ready;                 ///< claimed, waiting for their turn
  std::map<delivery_id, delivery> sending;    ///< attempts in flight and outcomes not yet written
  std::vector<heard_attempt> heard;           ///< attempts made, whose outcomes wait for the lane
  std::vector<attempt_outcome> unrecorded; ///< the store had no room for them; they keep the lane, and are tried again
  std::size_t in_flight = 0;
  std::size_t worries = 0; ///< failed attempts whose outcomes are not yet written: nothing new is sent meanwhile
  std::unordered_map<delivery_id, reply_to<delivery_attempt>> tests;
  std::unordered_map<delivery_id, std::string> codes; ///< on their way out: kept nowhere else
  bool claiming = false;
  bool claim_again = false;
  bool resting = false; ///< an outcome could not be written: nothing is sent again before the next timer
  std::uint32_t timer_epoch = 0;

  /// A healthy channel sends this many at once; a failing one tries one at a time (a closed circuit of one).
  static constexpr std::size_t healthy_width = 16;
  /// And holds this many at most: claimed, in flight, and those whose outcome is being written.
  static constexpr std::size_t healthy_claim = 128;
  static constexpr std::uint32_t record_token = 0; ///< of the timer for `unrecorded`; epochs begin at 1

  // channel.cpp: life, edits
  void start(channel_record x);
  void on_timer(std::uint32_t token);
  void on(const get_channel& x) { x.reply(*record); }
  void on(const edit_channel& x) { in_turn(x); }
  void write(const edit_channel& x);
  void on(const remove_channel& x) { in_turn(x); }
  void write(const remove_channel& x);
  void on(const roll_secret& x) { in_turn(x); }
  void write(const roll_secret& x);
  void save(channel_record next, audit_action what, const written_by<channel_record>& by, const part_ptr& into,
            reply_to<channel_record> reply);
  void publish(channel_record x);
  void leave();
  bool proved() const { return !record->is_personal() || record->proof.verified_at; }
  bool active() const {
    return !gone && record->spec.enabled && proved() && record->health.state != channel_state::disabled;
  }
  timestamp now() const { return deps->clock.now(); }

  // channel_proof.cpp: codes to the address of a contact method
  void on(const send_code& x) { in_turn(x); }
  void write(const send_code& x);
  void on(const verify_code& x) { in_turn(x); }
  void write(const verify_code& x);
  void prove(contact_proof x, write_note note, std::function<void(status)> then);
  void post_code(std::string code, reply_to<delivery_attempt> reply);
  void hide_code(const delivery_id& id, delivery_attempt& x);

  // channel_sending.cpp: one delivery on its way out
  void send(delivery d);
  void send_together(std::vector<delivery> ds);
  result<core::outgoing> rendered(const delivery& d);
  result<core::outgoing> render(const delivery& d);
  void carry(std::vector<delivery_id> ids, const delivery& d);
  void hand_over(std::vector<delivery_id> ids, core::outgoing what);

  // channel_deliveries.cpp: the outbox
  bool failing() const { return record->health.state == channel_state::failing; }
  bool may_send() const;
  void claim();
  void claimed(result<due_deliveries> due);
  void send_ready();
  std::vector<delivery> take_group(const std::string& group);
  void on_attempt(const std::vector<delivery_id>& ids, delivery_attempt attempt);
  attempt_outcome judge(heard_attempt x, const channel_health& before) const;
  void describe(attempt_outcome& outcome, const delivery& d, const channel_health& before) const;
  void write_heard();
  void record_all(std::vector<attempt_outcome> xs);
  void written(std::vector<attempt_outcome> xs, const status& s);
  void on(const test_channel& x);
  void send_by_hand(event e, reply_to<delivery_attempt> reply, std::string code = {});
  std::string spoken_name() const;
  void on(const redeliver& x);

  std::string_view noun() const { return record->is_personal() ? "contact method" : "channel"; }
  /// Everything that is asked of the channel comes through here.
  template <class Request>
  void receive(const Request& x) {
    is_another(x) ? x.reply(no_longer()) : record_leaf::receive(x);
  }
  /// Whether the request is for a channel and this is a contact method, or the other way round.
  template <class Request>
  bool is_another(const Request& x) const {
    if constexpr (requires { x.as; })
      return record->is_personal() != (x.as == channel_noun::contact_method);
    else if constexpr (std::is_same_v<Request, send_code> || std::is_same_v<Request, verify_code>)
      return !record->is_personal();
    else
      return std::is_same_v<Request, roll_secret> && record->is_personal();
  }
};

channel_actor::behavior_type channel(channel_actor::stateful_pointer<channel_actor_state> self, const leaf_deps* deps,
                                     leaf_address where, channel_record x);

} // namespace gochron::actors
