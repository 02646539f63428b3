#include "actors/ping_index.hpp"

#include <algorithm>
#include <utility>

namespace gochron::actors {
namespace {

bool is_plain(const ping& x) {
  return x.kind == ping_kind::success && x.body.empty() && x.run_id.empty();
}

} // namespace

// No token of ours is longer: a longer one becomes the key of none.
ping_index::key ping_index::key_of(std::string_view token) {
  key k{};
  if (token.size() <= k.size())
    std::ranges::copy(token, k.begin());
  return k;
}

template <class F>
void ping_index::with(const key& k, F f) {
  auto& p = parts_[key_hash{}(k) % parts_.size()];
  std::lock_guard lock{p.mutex};
  if (auto it = p.entries.find(k); it != p.entries.end())
    f(it->second);
}

void ping_index::put(const monitor_record& x, leaf_address where) {
  put(x.ping_token, x, where, timestamp::max());
  if (x.retired)
    put(x.retired->value, x, where, x.retired->good_until);
}

void ping_index::erase(const monitor_record& x) {
  erase(x.ping_token);
  if (x.retired)
    erase(x.retired->value);
}

void ping_index::put(std::string_view token, const monitor_record& x, leaf_address where, timestamp good_until) {
  auto k = key_of(token);
  if (k == key{})
    return;
  auto& p = parts_[key_hash{}(k) % parts_.size()];
  std::lock_guard lock{p.mutex};
  auto& e = p.entries[k];
  e.id = x.id;
  e.org = x.org;
  e.where = where;
  e.open_until = {};
  e.good_until = good_until;
}

void ping_index::erase(std::string_view token) {
  auto k = key_of(token);
  auto& p = parts_[key_hash{}(k) % parts_.size()];
  std::lock_guard lock{p.mutex};
  p.entries.erase(k);
}

std::optional<ping_index::listener> ping_index::arrived(std::string_view token, const ping& x) {
  std::optional<listener> found;
  auto k = key_of(token);
  with(k, [&](entry& e) {
    if (x.received_at >= e.good_until)
      return;
    found = listener{e.id, e.org, e.where};
    if (rate_.limits()) {
      auto v = core::take(e.bucket, rate_, x.received_at.time_since_epoch());
      found->refused_for = v.retry_after;
      if (!v.allowed)
        return;
    }
    found->heard = is_plain(x) && x.received_at < e.open_until;
    if (!found->heard) {
      ++e.on_their_way;
      e.open_until = {};
      return;
    }
    found->first = e.heard == timestamp{};
    e.heard = std::max(e.heard, x.received_at);
  });
  if (found && !found->heard && found->refused_for.count() == 0)
    found->way = std::make_shared<ping_on_its_way>(*this, k);
  return found;
}

std::optional<ping_index::listener> ping_index::spoken(std::string_view token, timestamp at) {
  std::optional<listener> found;
  with(key_of(token), [&](entry& e) {
    if (at >= e.good_until)
      return;
    found = listener{e.id, e.org, e.where};
    if (rate_.limits())
      found->refused_for = core::take(e.bucket, rate_, at.time_since_epoch()).retry_after;
  });
  return found;
}

void ping_on_its_way::arrive() {
  if (!arrived_.exchange(true))
    index_.with(token_, [](auto& e) { e.on_their_way -= e.on_their_way > 0 ? 1 : 0; });
}

void ping_index::open(std::string_view token, timestamp until) {
  with(key_of(token), [until](entry& e) { e.open_until = e.on_their_way == 0 ? until : timestamp{}; });
}

std::optional<timestamp> ping_index::take(std::string_view token) {
  std::optional<timestamp> last;
  with(key_of(token), [&](entry& e) {
    e.open_until = {};
    if (e.heard != timestamp{})
      last = std::exchange(e.heard, {});
  });
  return last;
}

} // namespace gochron::actors
