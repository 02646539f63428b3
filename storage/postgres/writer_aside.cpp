#include <algorithm>

#include <spdlog/spdlog.h>

#include "storage/postgres/writer.hpp"

namespace gochron::storage {
namespace {

using std::chrono::steady_clock;

// Between two attempts at what is aside, so that many of them do not take the writer's time.
constexpr std::chrono::milliseconds rest{1000};

} // namespace

monotonic_time writer::next_aside() const {
  auto first = std::min_element(aside_.begin(), aside_.end(),
                                [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
  return std::max(first->second.due, aside_rest_);
}

// One entity's units, when their time has come.
std::optional<writer::batch> writer::collect_aside() {
  auto now = steady_clock::now();
  if (aside_.empty() || now < next_aside())
    return std::nullopt;
  auto due = std::find_if(aside_.begin(), aside_.end(), [now](const auto& x) { return x.second.due <= now; });
  batch x;
  x.gentle = true;
  x.units = std::exchange(due->second.units, {});
  x.at = clock_.now();
  x.id = make_uuid(x.at);
  return x;
}

// What comes after a unit that is aside waits behind it. API writes do not: their entity's actor sends none meanwhile.
bool writer::joins_aside(pending& x) {
  auto room = x.unit.patient ? aside_.find(x.unit.entity) : aside_.end();
  if (room == aside_.end())
    return false;
  room->second.units.push_back(std::move(x));
  ++stats_.aside;
  return true;
}

// After an attempt. What was deferred goes into its waiting room, in order. A room that got through is closed, and
// perhaps the others are free as well.
void writer::set_aside(batch& x) {
  auto now = steady_clock::now();
  if (x.gentle) {
    stats_.aside -= x.units.size();
    if (std::any_of(x.units.begin(), x.units.end(), [](const pending& p) { return p.deferred; })) {
      aside_rest_ = now + rest;
    } else {
      aside_.erase(x.units.front().unit.entity);
      for (auto& [entity, room] : aside_)
        room.due = now;
    }
  }
  for (auto& p : x.units) {
    if (!p.deferred)
      continue;
    auto& room = aside_[p.unit.entity];
    if (room.units.empty()) {
      if (room.wait.count() == 0)
        spdlog::error("a write of {} is set aside: it meets a lock or runs out of time", to_string(p.unit.entity));
      room.wait = std::clamp(room.wait * 2, options_.set_aside, options_.set_aside_most);
      room.due = now + room.wait;
    }
    room.units.push_back(std::move(p));
    ++stats_.aside;
  }
  std::erase_if(x.units, [](const pending& p) { return p.deferred; });
}

void writer::abandon_aside() {
  for (auto& [entity, room] : std::exchange(aside_, {})) {
    if (room.units.empty())
      continue;
    spdlog::error("{} writes of {} were set aside and are not written", room.units.size(), to_string(entity));
    for (auto& p : room.units) {
      p.failure = error{errc::unavailable, "The database is away.", {}, std::chrono::seconds{1}, {}};
      answer(p);
    }
  }
  stats_.aside = 0;
}

} // namespace gochron::storage
