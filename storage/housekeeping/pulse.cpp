#include "storage/housekeeping/pulse.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "storage/housekeeping/engine_run.hpp"

namespace gochron::storage {
namespace {

constexpr std::size_t most_unwritten = 4096;

} // namespace

pulse::pulse(pulse_options options, const uuid& run, const wall_clock& clock)
  : options_(std::move(options)), run_(run), clock_(clock) {
  thread_ = std::thread{[this] { loop(); }};
}

pulse::~pulse() {
  stop();
}

void pulse::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void pulse::loop() {
  for (bool last = false; !last;) {
    auto beaten = beat();
    if (!beaten && reachable_)
      spdlog::error("the database does not answer: {} {}", beaten.error().sqlstate, beaten.error().message);
    if (beaten && !reachable_)
      spdlog::info("the database answers again");
    reachable_ = beaten.has_value();
    std::unique_lock lock{mutex_};
    last = stopping_;
    wake_.wait_for(lock, options_.interval, [&] { return stopping_; });
  }
}

sql_status pulse::beat() {
  if (!connection_ || !connection_->alive()) {
    auto opened = connection::open(options_.conninfo, options_.session);
    if (!opened)
      return sql_fail(opened.error());
    connection_ = std::move(*opened);
  }
  // The gaps first: a sign of life after one must not be there without it.
  auto known = known_until();
  auto seen = write_gaps();
  if (seen)
    seen = see(*connection_, run_, known);
  if (!seen && seen.error().remedy == remedy::reconnect)
    connection_.reset();
  return seen;
}

// Results and runtimes are written up to a second late. What a crash takes of the last second was heard by nobody: a
// gap that began only with the crash would call a job late whose ping came in that second. After an outage of the
// database it may be more than a second: what was noted and is not written would be lost as well.
timestamp pulse::known_until() {
  bool last = false;
  {
    std::lock_guard lock{mutex_};
    last = stopping_;
  }
  auto known = clock_.now() - (last ? std::chrono::seconds{0} : std::chrono::seconds{1});
  auto unwritten = options_.unwritten_since ? options_.unwritten_since() : std::nullopt;
  return unwritten ? std::min(known, *unwritten) : known;
}

sql_status pulse::write_gaps() {
  if (options_.noticed_gaps)
    for (auto& x : options_.noticed_gaps())
      if (unwritten_.size() < most_unwritten)
        unwritten_.push_back(x);
  for (; !unwritten_.empty(); unwritten_.erase(unwritten_.begin()))
    if (auto done = add_gap(*connection_, unwritten_.front()); !done)
      return done;
  return {};
}

} // namespace gochron::storage
