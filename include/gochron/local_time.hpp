#pragma once
#include <chrono>
#include <cstdint>

namespace gochron {

/// What a clock on the wall shows, to the second, without a zone.
using local_seconds = std::chrono::local_time<std::chrono::seconds>;

enum class weekday : std::uint8_t { monday, tuesday, wednesday, thursday, friday, saturday, sunday };

} // namespace gochron
