#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gochron/channel.hpp"
#include "gochron/error.hpp"

/// How somebody proves that an address is theirs: a code is sent there and comes back. A code is good for ten minutes
/// and five tries; there is one a minute at most, and five an hour. Only a keyed digest of it is kept.
namespace gochron::core {

inline constexpr seconds code_lifetime{600}, code_pause{60}, code_window{3600};
inline constexpr std::size_t codes_in_window = 5;
inline constexpr std::int32_t code_tries = 5;

/// Six digits, each of a million codes as likely as any other.
std::string make_code();

/// Whether another code may be sent now. Errors: `conflict` (verified already), `rate_limited` with `retry_after`.
status may_send_code(const contact_proof& x, timestamp now);

/// The proof of `of` once `code` is out.
contact_proof with_code(const channel_record& of, std::string_view code, timestamp now);

/// The proof once `code` came back. `right`: it is verified; otherwise a try is gone. Errors: `conflict` when no code
/// is out, or no longer.
struct code_answer {
  contact_proof proof;
  bool right = false;
  std::int32_t tries_left = 0;
};
result<code_answer> answer_code(const channel_record& of, std::string_view code, timestamp now);

/// Takes the code out of what a receiver has answered: some repeat what they were sent.
void hide_code(std::string& in, std::string_view code);

} // namespace gochron::core
