#pragma once
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gochron/clock.hpp"
#include "gochron/incident.hpp"
#include "gochron/probe.hpp"
#include "net/egress_guard.hpp"

namespace gochron::net {

/// A relay. The egress guard has no say in the operator's: no user can name it.
struct smtp_options {
  std::string url;            ///< `smtp://host:port`, or `smtps://` for TLS from the first byte
  std::string user, password; ///< of AUTH; empty: none
  bool require_tls = false;   ///< without STARTTLS nothing is sent; otherwise it is used where it is offered
  std::string extra_ca_file;  ///< PEM, trusted beside the system's store; empty: none
};

struct mail_stats {
  std::size_t in_flight = 0;
  std::size_t queued = 0;
};

/// Mail on its way to the operator's relay, or, in a lane with a guard, to those that users name: one thread, on which
/// libcurl drives a bounded number of connections at once, and a bounded queue before them. Credentials never travel
/// without TLS.
class mail_lane {
public:
  static constexpr std::size_t most_in_flight = 8;
  static constexpr std::size_t most_queued = 2048;
  static constexpr std::size_t most_of_one = 2; ///< of a user's relay at once: a slow one is in nobody else's way

  /// Throws std::runtime_error when libcurl cannot be set up.
  /// `guard`: for a lane of users' relays, of whose options only `extra_ca_file` counts; null: of the operator's.
  mail_lane(smtp_options options, std::shared_ptr<const wall_clock> clock,
            std::shared_ptr<const egress_guard> guard = nullptr);
  ~mail_lane();

  void start();
  /// Answers everything pending as failed, then ends the thread.
  void stop();

  /// As message_sender::mail.
  void mail(mail_post x, std::function<void(delivery_attempt)> done);
  mail_stats stats() const;

  struct transfer;

private:
  struct shared_curl;
  using transfer_ptr = std::unique_ptr<transfer>;

  void run();
  bool take_in();
  std::deque<transfer_ptr>::iterator next();
  void start_some();
  void finish_some();
  void refuse(transfer_ptr x, const char* why);

  smtp_options options_;
  std::shared_ptr<const wall_clock> clock_;
  std::shared_ptr<const egress_guard> guard_;
  std::unique_ptr<shared_curl> curl_;
  std::deque<transfer_ptr> waiting_;
  std::vector<transfer_ptr> under_way_;
  std::atomic<std::size_t> in_flight_{0}, queued_{0};

  std::mutex mutex_;
  std::vector<transfer_ptr> inbox_; // guarded by mutex_
  bool closed_ = false;             // guarded by mutex_
  std::thread thread_;
};

} // namespace gochron::net
