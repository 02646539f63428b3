#include "http/server/admission.hpp"

#include "http/server/counters.hpp"

namespace gochron::http {

bool admission::enter(const peer& p) {
  std::lock_guard guard(mutex_);
  if (open_ >= limits_.connections)
    return false;
  if (p.counted) {
    auto& mine = by_ip_[p.ip]; // an entry of zero does no harm: the map holds at most one more than is open
    if (mine >= limits_.connections_per_ip)
      return false;
    ++mine;
  }
  ++open_;
  return true;
}

void admission::leave(const peer& p) {
  std::lock_guard guard(mutex_);
  if (p.counted) {
    auto it = by_ip_.find(p.ip);
    if (it != by_ip_.end() && --it->second == 0)
      by_ip_.erase(it);
  }
  if (--open_ == 0)
    emptied_.notify_all();
}

std::size_t admission::open() const {
  std::lock_guard guard(mutex_);
  return open_;
}

bool admission::wait_until_empty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_until(lock, deadline, [this] { return open_ == 0; });
}

stats counters::snapshot() const {
  stats s;
  s.accepted = accepted;
  s.shed_full = shed_full;
  s.shed_no_fds = shed_no_fds;
  s.requests = requests;
  s.refused = refused;
  for (std::size_t i = 0; i < replies.size(); ++i)
    s.replies[i] = replies[i];
  s.stale_replies = stale_replies;
  s.timeout_head = timeout_head;
  s.timeout_body = timeout_body;
  s.timeout_idle = timeout_idle;
  s.timeout_write = timeout_write;
  s.timeout_handler = timeout_handler;
  s.dropped_slow = dropped_slow;
  return s;
}

} // namespace gochron::http
