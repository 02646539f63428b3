#pragma once
#include <array>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "actors/gap_log.hpp"
#include "core/engine_time.hpp"

namespace gochron::actors {

/// The clock that the whole engine stamps and waits by: see core/engine_time.hpp. now() notices by itself when the
/// host's clock was set or the process stood still, and has the gap in the log before it returns, so that nobody judges
/// a silence before it is known that nobody listened.
class engine_clock final : public wall_clock {
public:
  using host = std::function<core::clock_reading()>;
  /// Throws nothing; `read` is called on every thread that asks for the time.
  explicit engine_clock(gap_log& gaps, host read = read_host);
  ~engine_clock() override { stop(); }

  timestamp now() const override;

  /// The time is at least this one: the last that an earlier run of the engine gave to something.
  void not_before(timestamp floor);

  /// From here on somebody looks at the clocks several times a second. `jumped` hears on that thread, at most every few
  /// seconds, that there is a new gap: what waits for a wall time is to look again.
  void watch(std::function<void()> jumped);
  void stop(); ///< Idempotent.

  static core::clock_reading read_host();

private:
  core::clock_reading look() const;
  void use(const core::time_line& x) const;
  void run();

  gap_log& gaps_;
  host read_;
  mutable std::mutex changing_;
  // A line is never changed once it is in use; a reader would have to sleep through a thousand settings of the clock to
  // see another in its place.
  mutable std::array<core::time_line, 1024> lines_;
  mutable std::size_t used_ = 0;
  mutable std::atomic<const core::time_line*> line_{nullptr};
  mutable std::atomic<monotonic_time::rep> seen_{0};
  mutable std::atomic<std::uint64_t> jumps_{0};

  std::function<void()> jumped_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace gochron::actors
