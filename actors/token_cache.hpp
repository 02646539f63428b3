#pragma once
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "gochron/token.hpp"

namespace gochron::actors {

/// The tokens that were seen to be valid, in memory, under their present digest and the one before. Thread-safe. A
/// removed token is gone from here before its removal is answered, a rotated one has its new digests; a look-up that
/// was under way puts nothing older back.
class token_cache {
public:
  std::optional<token_record> find(const sha256_digest& digest) const;
  void put(token_record x);
  void forget(token_id id);
  /// Whether this use should be written down: at most once a minute a token.
  bool should_note_use(token_id id, timestamp now);

private:
  struct digest_hash {
    std::size_t operator()(const sha256_digest& x) const;
  };
  void take_out(token_id id);

  mutable std::shared_mutex mutex_;
  std::unordered_map<token_id, token_record> tokens_;
  std::unordered_map<sha256_digest, token_id, digest_hash> by_digest_;
  std::unordered_map<token_id, timestamp> noted_;
  std::unordered_map<token_id, bool> forgotten_;
};

/// Whether a token that was found under `digest` lets in at `now`: neither it nor that secret has expired.
bool is_in_force(const token_record& x, const sha256_digest& digest, timestamp now);

} // namespace gochron::actors
