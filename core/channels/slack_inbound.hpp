#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gochron/channel.hpp"
#include "gochron/error.hpp"

/// What Slack sends when somebody presses a button: https://docs.slack.dev/interactivity/handling-user-interaction
namespace gochron::core {

/// Of a channel whose messages have buttons; unset for any other.
std::optional<std::string> slack_signing_secret(const channel_record& x);

/// Whether the request is signed with this secret and not older, or newer, than five minutes:
/// https://docs.slack.dev/authentication/verifying-requests-from-slack. `at` and `signature` are its headers
/// X-Slack-Request-Timestamp and X-Slack-Signature; `body` is as it came.
bool is_from_slack(std::string_view secret, std::string_view at, std::string_view signature, std::string_view body,
                   timestamp now);

/// A button that was pressed.
struct slack_press {
  std::string user;  ///< the name of who did it, one line
  std::string token; ///< of the link behind it; empty: no button of ours
};

/// `payload`: JSON. Error: `malformed`.
result<slack_press> read_slack_press(std::string_view payload);

} // namespace gochron::core
