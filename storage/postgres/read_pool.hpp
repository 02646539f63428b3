#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gochron/reply.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

struct read_pool_options {
  std::string conninfo;
  std::size_t threads = 4;
  std::size_t max_waiting = 2000;           ///< more: `busy`
  std::chrono::milliseconds deadline{8000}; ///< from read() to the answer
  session_options session;
};

struct read_stats {
  std::atomic<std::uint64_t> reads{0}, failed{0}, waiting{0};
};

/// Threads that read, each with a connection of its own. A read whose connection broke is repeated on a new one until
/// its deadline, then answered `unavailable`.
class read_pool {
public:
  explicit read_pool(read_pool_options options);
  ~read_pool();
  read_pool(const read_pool&) = delete;
  read_pool& operator=(const read_pool&) = delete;

  /// `body` runs on a thread of the pool, perhaps twice; it must not keep the connection. Thread-safe.
  template <class T>
  void read(reply_to<T> done, std::function<sql_result<result<T>>(connection&)> body) {
    push({[done, body = std::move(body)](connection& db) -> sql_status {
            auto answer = body(db);
            if (!answer)
              return sql_fail(answer.error());
            done(std::move(*answer));
            return {};
          },
          [done](error e) { done(fail(std::move(e))); },
          {}});
  }

  /// Finishes what runs; answers `unavailable` to what waits. Idempotent.
  void stop();

  const read_stats& stats() const { return stats_; }

private:
  struct job {
    std::function<sql_status(connection&)> run; ///< answers unless it returns an error
    std::function<void(error)> refuse;
    monotonic_time deadline;
  };
  void push(job x);
  void loop();
  sql_status connect(std::unique_ptr<connection>& db) const;
  void serve(job& x, std::unique_ptr<connection>& db);
  bool pause(std::chrono::milliseconds wait, monotonic_time deadline);

  const read_pool_options options_;
  read_stats stats_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<job> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

} // namespace gochron::storage
