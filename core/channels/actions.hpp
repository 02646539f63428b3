#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "core/action_link.hpp"
#include "core/channels/kind.hpp"
#include "core/channels/notice.hpp"

/// What a person can do about a notice from where it is read.
namespace gochron::core {

/// The event as this delivery tells it: read_notice(), and where this server has a public URL a link to its incident
/// and the actions that it is open to, signed for this delivery alone. Error: `malformed`.
result<notice> notice_of(const letter& x);

/// `Acknowledge`, `Resolve`.
std::string_view label_of(link_verb x);

/// `[Acknowledge](url) | [Resolve](url)`, or nothing where it would be longer than `most` bytes.
std::string markdown_actions(const notice& x, std::size_t most);

/// The link that is most wanted: to act, otherwise to read on. May be empty.
const std::string& foremost_link(const notice& x);

} // namespace gochron::core
