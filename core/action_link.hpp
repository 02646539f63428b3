#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gochron/clock.hpp"
#include "gochron/ids.hpp"

/// What lets somebody who was told of an incident act on it, or read on, without a token of the API.
namespace gochron::core {

/// `read` changes nothing, however often it is used.
enum class link_verb : std::uint8_t { acknowledge, resolve, read };

/// One thing that may be done once. The delivery is a row that never changes its organisation, incident and channel: by
/// naming it the link is good for these and for nothing else.
struct action_link {
  delivery_id delivery; ///< that carries it
  link_verb verb = link_verb::acknowledge;
  timestamp expires_at{}; ///< in whole minutes
  friend bool operator==(const action_link&, const action_link&) = default;
};

/// How it is with a link, before or after it was pressed.
enum class link_outcome : std::uint8_t {
  open,     ///< it can be pressed
  done,     ///< it was pressed now, and had its effect
  already,  ///< somebody has done the same before
  used,     ///< it has had its effect
  resolved, ///< the incident is over
  shown,    ///< it is for reading
};

/// How long a link is good.
inline constexpr std::chrono::hours link_life{7 * 24};

/// 44 characters that are safe in a path: the link and, by `key`, 96 bits of HMAC-SHA256 of it.
std::string write_action_token(std::string_view key, const action_link& x);

/// Empty unless write_action_token() wrote exactly that with the same key. Takes the same time for every forgery.
std::optional<action_link> read_action_token(std::string_view key, std::string_view text);

} // namespace gochron::core
