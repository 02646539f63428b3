#include "storage/feed/feed_log.hpp"

#include <algorithm>

namespace gochron::storage {
namespace {

std::int64_t microseconds(timestamp x) {
  return std::chrono::microseconds{x.time_since_epoch()}.count();
}

} // namespace

void feed_log::start_after(org_id org, std::int64_t position) {
  std::lock_guard guard{mutex_};
  auto& of = lines_[org];
  of.last = std::max(of.last, position);
  last_ = std::max(last_, position);
}

// Never below the event's own time, so that who looks for a time need not look below that position.
std::int64_t feed_log::begin(org_id org, std::vector<event>& xs) {
  auto now = microseconds(clock_.now());
  std::lock_guard guard{mutex_};
  auto& of = lines_[org];
  for (auto& x : xs)
    x.position = of.last = last_ = std::max({last_ + 1, now, microseconds(x.at)});
  of.under_way.insert(xs.front().position);
  return xs.front().position;
}

void feed_log::end(org_id org, std::int64_t first) {
  std::shared_ptr<const std::function<void(org_id)>> tell;
  {
    std::lock_guard guard{mutex_};
    auto& under_way = lines_[org].under_way;
    if (*under_way.begin() == first)
      tell = listener_;
    under_way.erase(first);
  }
  if (tell)
    (*tell)(org);
}

std::int64_t feed_log::visible(org_id org) const {
  std::lock_guard guard{mutex_};
  auto of = lines_.find(org);
  if (of == lines_.end())
    return 0;
  return of->second.under_way.empty() ? of->second.last : *of->second.under_way.begin() - 1;
}

void feed_log::on_news(std::function<void(org_id)> listener) {
  std::lock_guard guard{mutex_};
  listener_ = listener ? std::make_shared<const std::function<void(org_id)>>(std::move(listener)) : nullptr;
}

} // namespace gochron::storage
