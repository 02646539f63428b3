#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/action_link.hpp"
#include "gochron/channel.hpp"
#include "gochron/incident.hpp"

/// What Twilio tells us: what became of a message, and what was answered to one.
namespace gochron::core {

struct twilio_account {
  std::string sid, auth_token;
  std::string to; ///< the telephone of this channel
};

/// Unset for a channel of another type.
std::optional<twilio_account> twilio_account_of(const channel_record& x);

/// The fields of a form, decoded, in their order.
using form_fields = std::vector<std::pair<std::string, std::string>>;

/// The first of that name; empty where there is none.
std::string_view field_of(const form_fields& x, std::string_view name);

/// X-Twilio-Signature of a POST of these fields to `url`, which is the whole URL as Twilio was told it:
/// https://www.twilio.com/docs/usage/security
std::string twilio_signature(std::string_view auth_token, std::string_view url, form_fields fields);

/// What a status call-back says; unset for the states that say nothing yet (`queued`, `sending`).
std::optional<carrier_report> read_carrier_report(const form_fields& x, timestamp now);

/// What somebody wants who answers a text: `17a` and `17c` (or `17 ack`, `close 17`), or `ack` and `resolve` alone,
/// which is about the one incident that is open.
struct sms_command {
  link_verb verb = link_verb::acknowledge;
  std::optional<std::int64_t> number; ///< of the incident
  friend bool operator==(const sms_command&, const sms_command&) = default;
};
std::optional<sms_command> read_sms_command(std::string_view text);

/// TwiML that answers with this text; with nothing when it is empty.
std::string twiml(std::string_view text);

} // namespace gochron::core
