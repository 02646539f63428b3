#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gochron/change.hpp"
#include "gochron/store.hpp"

/// What is kept of writes beside their effects: answers, for those who ask again, and who changed what.
namespace gochron {

/// The answers of requests that may be repeated. Each is kept for 24 hours at least.
class answer_store {
public:
  virtual ~answer_store() = default;
  /// `not_found` when no answer is kept under this key of this token.
  virtual void find(org_id org, token_id token, std::string key, reply_to<kept_answer> done) = 0;
  /// For what has no transaction of its own to be kept in. One that is there already stays.
  virtual void keep(kept_answer x, reply_to<void> done) = 0;
};

struct audit_query {
  std::optional<std::string> actor;
  std::optional<token_id> token;
  std::vector<audit_action> actions;
  std::vector<audited_resource> types;
  std::optional<std::string> resource; ///< an id with prefix
  std::optional<timestamp> from, to;   ///< half-open
  bool oldest_first = false;
};

/// What a walk along an organisation's chain has found.
struct audit_verdict {
  bool valid = true;
  bool complete = true;      ///< false: there is more behind `last_sequence`, for another call
  std::int64_t entries = 0;  ///< looked at in this call
  std::int64_t unsealed = 0; ///< not in the chain yet: written within the last seconds
  std::int64_t last_sequence = 0;
  std::optional<sha256_digest> head; ///< the hash of `last_sequence`
  std::optional<std::int64_t> first_broken;
};

/// The audit log, for the API.
class audit_store {
public:
  virtual ~audit_store() = default;
  virtual void entries(org_id org, audit_query q, page_request p, reply_to<page<audit_entry>> done) = 0;
  virtual void entry(org_id org, audit_id id, reply_to<audit_entry> done) = 0;
  /// Recomputes the chain behind sequence `after` in pieces, for some seconds at most. `invalid` when it ends before.
  virtual void verify(org_id org, std::int64_t after, reply_to<audit_verdict> done) = 0;
};

} // namespace gochron
