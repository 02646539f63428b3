#include "actors/token_cache.hpp"

#include <cstring>
#include <mutex>

namespace gochron::actors {

std::size_t token_cache::digest_hash::operator()(const sha256_digest& x) const {
  std::size_t h;
  std::memcpy(&h, x.data(), sizeof h);
  return h;
}

std::optional<token_record> token_cache::find(const sha256_digest& digest) const {
  std::shared_lock lock{mutex_};
  auto it = by_digest_.find(digest);
  return it == by_digest_.end() ? std::nullopt : std::optional{tokens_.at(it->second)};
}

void token_cache::put(token_record x) {
  std::unique_lock lock{mutex_};
  if (forgotten_.contains(x.id))
    return;
  if (auto it = tokens_.find(x.id); it != tokens_.end() && it->second.version > x.version)
    return;
  take_out(x.id);
  by_digest_[x.digest] = x.id;
  if (x.previous_digest)
    by_digest_[*x.previous_digest] = x.id;
  tokens_[x.id] = std::move(x);
}

void token_cache::forget(token_id id) {
  std::unique_lock lock{mutex_};
  forgotten_[id] = true;
  take_out(id);
  noted_.erase(id);
}

void token_cache::take_out(token_id id) {
  auto it = tokens_.find(id);
  if (it == tokens_.end())
    return;
  by_digest_.erase(it->second.digest);
  if (it->second.previous_digest)
    by_digest_.erase(*it->second.previous_digest);
  tokens_.erase(it);
}

bool token_cache::should_note_use(token_id id, timestamp now) {
  {
    std::shared_lock lock{mutex_};
    if (auto it = noted_.find(id); it != noted_.end() && now - it->second < std::chrono::minutes{1})
      return false;
  }
  std::unique_lock lock{mutex_};
  noted_[id] = now;
  return true;
}

bool is_in_force(const token_record& x, const sha256_digest& digest, timestamp now) {
  if (x.expires_at && *x.expires_at <= now)
    return false;
  if (x.digest == digest)
    return true;
  return x.previous_digest == digest && x.previous_expires_at && now < *x.previous_expires_at;
}

} // namespace gochron::actors
