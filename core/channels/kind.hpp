#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/retry_schedule.hpp"
#include "core/schema/type.hpp"
#include "gochron/channel.hpp"
#include "gochron/incident.hpp"
#include "gochron/probe.hpp"

/// What a type of channel knows: its settings, what one event is in its receiver's words, and what an answer means.
/// Pure: sockets, retries and the outbox are the same for all of them.
namespace gochron::core {

class webhook_signer;

/// What the operator of this server has set for all channels.
struct sending_options {
  std::map<channel_type, std::string> base_urls; ///< in place of a provider's own; a channel's wins over it
  std::string mail_from;                         ///< an address; empty: there is no relay
  /// Of what receivers come back to: links that act, reports. Without a slash at its end; empty: there are none, since
  /// nobody has said where this server is found.
  std::string public_url = {};
  std::string link_key = {}; ///< that signs links
};

/// One delivery on its way out.
struct letter {
  const gochron::delivery& delivery;
  const channel_record& channel;
  timestamp sent_at;                      ///< what the host takes the time to be
  const sending_options& options;         ///< of the operator
  const webhook_signer* signer = nullptr; ///< set for types that sign
};

/// What is left for a sender to do: carry it.
using outgoing = std::variant<webhook_post, mail_post>;

/// What an answer means.
struct receipt {
  delivery_outcome outcome = delivery_outcome::succeeded;
  std::string message = {};                  ///< a sentence, when it failed and the receiver said why
  std::optional<seconds> retry_after = {};   ///< asked for in the body
  std::optional<std::string> reference = {}; ///< see delivery_attempt
  friend bool operator==(const receipt&, const receipt&) = default;
};

class channel_kind {
public:
  virtual ~channel_kind() = default;
  virtual channel_type type() const = 0;
  virtual std::string_view doc() const = 0;
  /// Whether its channels have a secret that signs what they send.
  virtual bool is_signed() const = 0;

  /// The settings as a JSON object, by a property table.
  virtual const type_info_ptr& info() const = 0;
  virtual channel_target fresh() const = 0;
  virtual void read(const json_value& from, channel_target& x, reader& r) const = 0;
  virtual void write(const channel_target& x, json_writer& w, const write_options& o) const = 0;

  /// Deterministic in its arguments. Error: `unavailable` for what this server is not set up to send.
  virtual result<outgoing> render(const letter& x) const = 0;
  /// Looks at status, error and body, and at nothing else.
  virtual receipt judge(const delivery_attempt& x) const = 0;
};

const channel_kind& kind_of(channel_type x);
inline const channel_kind& kind_of(const channel_record& x) {
  return kind_of(x.spec.type());
}
/// In the order of the enum.
std::span<const channel_kind* const> channel_kinds();

/// Notes on the attempt what its answer means for a channel of this kind, so that ok() says what the receiver meant,
/// and takes out of what is kept whatever the channel keeps secret.
void note_answer(const channel_record& of, delivery_attempt& x);

} // namespace gochron::core
