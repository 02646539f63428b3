#pragma once
#include <optional>
#include <string>
#include <vector>

#include "gochron/channel.hpp"
#include "gochron/incident.hpp"
#include "gochron/reply.hpp"

/// What comes back from those who were told. It comes without a token of the API: whoever calls has proved by a
/// signature that it is about this delivery or channel, and the row says whose it is.
namespace gochron {

/// To whom a message went.
struct message_receiver {
  channel_id channel;
  std::string channel_name;
  std::optional<user_id> user; ///< whose contact method that is
  std::string user_name;       ///< empty: a channel of the organisation
};

/// What a signed link is about.
struct linked_incident {
  incident about;
  message_receiver to;
  bool used = false; ///< for the verb that was asked about
};

/// An incident that a telephone was told of.
struct texted_incident {
  incident about;
  message_receiver to;
};

class feedback_store {
public:
  virtual ~feedback_store() = default;
  /// `not_found` without such a delivery, and for one that is about no incident.
  virtual void linked(delivery_id id, std::string verb, reply_to<linked_incident> done) = 0;
  /// As it is stored. `not_found`.
  virtual void channel(channel_id id, reply_to<channel_record> done) = 0;
  /// The channel that a delivery went to. `not_found`.
  virtual void channel_of(delivery_id id, reply_to<channel_record> done) = 0;
  /// Of the last `most_texts` that this organisation sent to a telephone: the incidents that are open, or the one with
  /// this number, whatever its state. Newest first, at most two.
  virtual void texted(org_id org, std::string telephone, std::optional<std::int64_t> number,
                      reply_to<std::vector<texted_incident>> done) = 0;
  /// Says on the delivery what became of it, and in the incident's timeline when it did not arrive. What is said after
  /// the end has no effect. `not_found`.
  virtual void report(org_id org, delivery_id id, carrier_report x, reply_to<void> done) = 0;

  static constexpr std::int64_t most_texts = 500;
};

} // namespace gochron
