#pragma once
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/interfaces.hpp"
#include "actors/leaf_deps.hpp"

namespace gochron::actors {

/// The tokens that were seen to be valid, in memory. Thread-safe. A removed token is gone from here before its removal
/// is answered; `forget` also stops a look-up that was under way from putting it back.
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
  mutable std::shared_mutex mutex_;
  std::unordered_map<sha256_digest, token_record, digest_hash> by_digest_;
  std::unordered_map<token_id, sha256_digest> digests_;
  std::unordered_map<token_id, timestamp> noted_;
  std::unordered_map<token_id, bool> forgotten_;
};

/// Writes alert rules and tokens, which have no life of their own: each is a row and an entry in a table that others
/// read.
struct desk_state {
  static inline const char* name = "desk";
  desk_actor::stateful_pointer<desk_state> self = nullptr;
  const leaf_deps* deps = nullptr;
  rule_store* rules = nullptr;
  token_store* tokens = nullptr;
  token_cache* cache = nullptr;

  void create(const create_rule& x);
  void edit(const edit_rule& x);
  void remove(const remove_rule& x);
  void create(const create_token& x);
  void remove(const remove_token& x);

  rule_store& rules_of(const part_ptr& into) { return into ? into->rules() : *rules; }

  template <class F>
  auto later(F f) {
    return [to = desk_actor{self}, f = std::move(f)](auto... answer) {
      caf::anon_send(to, resume{[f, answer...] { f(answer...); }});
    };
  }
};

desk_actor::behavior_type desk(desk_actor::stateful_pointer<desk_state> self, const leaf_deps* deps, rule_store* rules,
                               token_store* tokens, token_cache* cache);

} // namespace gochron::actors
