#pragma once
#include <cstddef>
#include <vector>

#include "gochron/error.hpp"
#include "gochron/schedule.hpp"

/// Who is on call. All stretches are half-open: at the instant of a hand-off it is the next one's turn.
///
/// A layer is on call in the hours of its restrictions, always when it has none. The highest that is on call decides;
/// overrides change what the layers say, each what those made before it have left. An override by another schedule
/// takes what that one's layers and its other overrides say: by one schedule to another once, never further.
namespace gochron::core {

/// The tables of the clocks end with 2037: no time outside is asked about.
inline constexpr timestamp first_instant{std::chrono::sys_days{std::chrono::year{1970} / 1 / 1}};
inline constexpr timestamp last_instant{std::chrono::sys_days{std::chrono::year{2038} / 1 / 1}};

/// More turns and stretches of duty hours are not computed for one answer.
inline constexpr std::size_t most_pieces = 50'000;
inline constexpr std::chrono::days longest_range{366};

/// A set; empty when nobody is.
std::vector<user_id> on_call_at(const on_call_books& x, timestamp at);

/// Cut to [from, to), oldest first; neighbours differ. What is left out nobody is on call for. `invalid` (`range`) when
/// it would take more than most_pieces.
result<std::vector<on_call_shift>> shifts_in(const on_call_books& x, timestamp from, timestamp to);

/// The rest of [from, to): `users` are empty.
std::vector<on_call_shift> gaps_between(const std::vector<on_call_shift>& shifts, timestamp from, timestamp to);

/// Each one's own shifts: one stretch where others joined or left meanwhile. By beginning, then by user.
std::vector<on_call_shift> shifts_by_user(const std::vector<on_call_shift>& shifts);

/// The first revision of a schedule.
schedule_revision first_revision(const schedule_spec& x, timestamp from);

/// The revision that follows `now` at `at` when the schedule becomes `wanted`. With edit_effect::keep_current each
/// layer goes on with the turn that it has then: by its members, or else, where they are no longer there, by its place
/// in the list. A layer with a new key begins by its anchor.
schedule_revision next_revision(const schedule_revision& now, const schedule_spec& wanted, timestamp at);

/// Whether an edit needs a revision.
bool same_timetable(const schedule_revision& x, const schedule_spec& wanted);

} // namespace gochron::core
