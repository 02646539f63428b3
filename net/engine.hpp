#pragma once
#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gochron/incident.hpp"
#include "net/idle_connections.hpp"
#include "net/services.hpp"

namespace gochron::net {

struct engine_limits {
  std::size_t in_flight = 4096; ///< attempts under way
  std::size_t queued = 65536;   ///< attempts waiting for one of those places
};

struct engine_options {
  egress_policy egress;
  dns_options dns;
  std::string extra_ca_file; ///< PEM, trusted beside the system's store; empty: none
  engine_limits limits;
  bool yields = false; ///< gives way to the process's other threads where cores are short
  std::shared_ptr<const wall_clock> clock = std::make_shared<system_wall_clock>();
};

struct engine_stats {
  std::size_t in_flight = 0;
  std::size_t queued = 0;
  std::array<std::uint64_t, 4> done{}; ///< by verdict
};

inline verdict verdict_of(const check_outcome& x) {
  return x.verdict;
}
inline verdict verdict_of(const delivery_attempt& x) {
  return x.ok() ? verdict::up : verdict::down;
}

/// A piece of work for the loop. `done` is called exactly once, on the loop's thread (on the caller's after stop()).
template <class T>
struct job {
  std::function<asio::awaitable<T>(services&)> work;
  std::function<T(std::string why)> refused; ///< what to answer when the work cannot be done
  std::function<void(T)> done;
  std::optional<milliseconds> patience; ///< how long it may wait for its turn; none: as long as it takes
};

/// One thread with one event loop, a bounded number of attempts on it, and a bounded queue before it. Attempts begin in
/// the order they came, and no faster than those under way are served: what the core cannot do waits in the queue,
/// where it costs nothing, and never on the loop, where it would make targets look slow.
class engine {
public:
  explicit engine(engine_options options);
  ~engine(); ///< stops

  void start();
  /// Answers everything pending as refused, then ends the thread. Never from the loop's thread.
  void stop();

  /// Thread-safe; never blocks for long.
  template <class T>
  void submit(job<T> x);

  engine_stats stats() const;

private:
  struct ticket {
    virtual ~ticket() = default;
    virtual void start(std::unique_ptr<ticket> self, engine& on) = 0;
    virtual void refuse(engine& on, const char* why) = 0;
    monotonic_time give_up = monotonic_time::max();
  };
  template <class T>
  struct ticket_of;
  using ticket_ptr = std::unique_ptr<ticket>;

  void enqueue(ticket_ptr t);
  void run();
  void await_more();
  void take_in();
  void start_some();
  bool may_start() const;
  void refuse_impatient();
  void begin_stop();
  void ended(verdict v);
  void count(verdict v) { ++done_[static_cast<std::size_t>(v)]; }

  engine_options options_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> alive_;
  egress_guard guard_;
  tls_contexts tls_;
  readiness sockets_;
  resolver dns_;
  services services_;
  idle_connections idle_; // after the services that its connections refer to
  asio::steady_timer intake_, sweep_;
  bool sweeping_ = false, starting_ = false, impatient_ = false;
  std::deque<ticket_ptr> waiting_;
  std::atomic<std::size_t> in_flight_{0};
  std::atomic<std::size_t> queued_{0};
  std::array<std::atomic<std::uint64_t>, 4> done_{};

  std::mutex mutex_;
  std::vector<ticket_ptr> inbox_; // guarded by mutex_
  bool closed_ = false;           // guarded by mutex_
  std::thread thread_;
};

template <class T>
struct engine::ticket_of final : ticket {
  explicit ticket_of(job<T> x) : what(std::move(x)) {
    if (what.patience)
      give_up = std::chrono::steady_clock::now() + *what.patience;
  }
  void start(ticket_ptr self, engine& on) override {
    asio::co_spawn(on.io_, what.work(on.services_),
                   [self = std::move(self), this, &on](std::exception_ptr crash, T answer) {
                     if (crash)
                       answer = what.refused("The attempt ended by a defect of the engine.");
                     on.ended(verdict_of(answer));
                     what.done(std::move(answer));
                   });
  }
  void refuse(engine& on, const char* why) override {
    auto answer = what.refused(why);
    on.count(verdict_of(answer));
    what.done(std::move(answer));
  }
  job<T> what;
};

template <class T>
void engine::submit(job<T> x) {
  enqueue(std::make_unique<ticket_of<T>>(std::move(x)));
}

} // namespace gochron::net
