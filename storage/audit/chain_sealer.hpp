#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// Puts what is not yet in its organisation's chain there: at most a piece, in one transaction, in the order of time.
/// Nothing when another session is at it. Says how many entries it sealed.
sql_result<std::size_t> seal_next(connection& db);

struct chain_sealer_options {
  std::string conninfo;
  std::chrono::milliseconds interval{1000};
  session_options session{std::chrono::seconds{5}, std::chrono::seconds{2}, std::chrono::seconds{7}};
};

/// Seals the audit log behind the writers, on a thread and connection of its own: no write waits for a chain.
class chain_sealer {
public:
  explicit chain_sealer(chain_sealer_options options);
  ~chain_sealer();
  chain_sealer(const chain_sealer&) = delete;
  chain_sealer& operator=(const chain_sealer&) = delete;

  /// Seals what there is, then ends. Idempotent.
  void stop();

private:
  void loop();
  void seal_all();

  const chain_sealer_options options_;
  std::unique_ptr<connection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace gochron::storage
