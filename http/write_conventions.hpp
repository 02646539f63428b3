#pragma once
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "http/operation.hpp"

/// What every operation that writes has in common, whatever it writes: `validate_only`, X-Gochron-Change-Reason, on
/// POST the Idempotency-Key, and If-Match wherever what is in the path has a version. By construction: api.cpp asks
/// here for each, and all_operations() documents it for each.
namespace gochron::http {

/// Everything under a scope that is no read.
bool writes(const operation& op);

/// Documents the conventions in the operations' rows.
void add_write_conventions(operations& all);

/// Fills in `origin`, `dry` and `key` of the call. Errors: `malformed` (a header, or an
/// If-Match where there is no version), `invalid` (`validate_only`).
status read_write_headers(call::state& s, const operation& op);

/// The keys under which requests of this process are running. Thread-safe.
class running_keys : public std::enable_shared_from_this<running_keys> {
public:
  /// Whoever holds the claim has the key to himself. Errors: `under_way`, `busy`.
  result<std::shared_ptr<void>> claim(token_id token, const std::string& key);

private:
  static constexpr std::size_t most = 20'000;
  std::mutex mutex_;
  std::set<std::pair<token_id, std::string>> running_;
};

/// Answers with what is kept under the call's key; calls `go_on` when nothing is.
void replay_or(const call& c, std::function<void()> go_on);

} // namespace gochron::http
