#pragma once
#include <memory>
#include <optional>

#include "gochron/probe.hpp"
#include "net/engine.hpp"
#include "net/mail_lane.hpp"

namespace gochron::net {

struct network_options {
  egress_policy egress;
  dns_options dns;
  std::string extra_ca_file;             ///< PEM, trusted beside the system's store; empty: none
  engine_limits checks{4096, 4'000'000}; ///< a monitor has one check at a time: in truth they bound the queue
  engine_limits webhooks{2048, 8192};    ///< a hundred channels whose receivers fell silent together leave room
  std::shared_ptr<const wall_clock> clock = std::make_shared<system_wall_clock>();
  std::optional<smtp_options> smtp = {}; ///< unset: mail cannot be sent
};

struct network_stats {
  engine_stats checks;
  engine_stats webhooks;
  mail_stats mails;
};

/// Everything that leaves this process towards places that users name, and mail. Checks, posts and mail have a thread
/// each, so that slow receivers never delay a check. Throws std::runtime_error from its constructor on options that
/// cannot work (no such CA file, not a name server).
class network {
public:
  explicit network(const network_options& options);
  ~network();

  prober& checks();
  message_sender& senders();

  /// Before it, submitted work waits.
  void start();
  /// Answers everything pending promptly: verdict `error`, or a failed attempt. Afterwards all work is refused.
  void stop();

  /// Thread-safe.
  network_stats stats() const;

private:
  class checks_lane;
  class webhooks_lane;
  std::unique_ptr<checks_lane> checks_;
  std::unique_ptr<mail_lane> mails_;  ///< null without a relay of the operator's
  std::unique_ptr<mail_lane> relays_; ///< of users
  std::unique_ptr<webhooks_lane> webhooks_;
};

} // namespace gochron::net
