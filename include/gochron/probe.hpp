#pragma once
#include <functional>
#include <memory>

#include "gochron/channel.hpp"
#include "gochron/incident.hpp"
#include "gochron/monitor.hpp"

namespace gochron {

/// One attempt to make. The spec is shared, never copied; its timeout covers the whole attempt.
struct probe_job {
  monitor_id monitor;
  std::shared_ptr<const monitor_spec> spec;
  bool keep_response = false; ///< headers and body of an answer that was good, too
};

/// Makes checks of types http and tcp. One event loop; never blocks the caller.
class prober {
public:
  virtual ~prober() = default;
  /// `done` is called exactly once, on the prober's thread, at the latest `spec->timeout` after the check has begun; it
  /// must not block. Checks begin in the order of the calls; while more of them are due than can be made, they wait.
  /// Thread-safe. A full queue answers verdict `error`, reason `probe_error`.
  virtual void probe(probe_job job, std::function<void(check_outcome)> done) = 0;
};

/// One POST to make, signed and ready: the sender adds nothing but transport.
struct webhook_post {
  std::string url;
  std::vector<name_value> headers; ///< everything but Host, Content-Length, Connection
  std::shared_ptr<const std::string> body;
  seconds timeout{10};
};

/// A relay that a user has named: the egress guard has its say.
struct mail_relay {
  std::string url;            ///< `smtp://host:port`, or `smtps://` for TLS from the first byte
  std::string user, password; ///< of AUTH; empty: none
  bool require_tls = true;    ///< without STARTTLS nothing is sent; otherwise it is used where it is offered
  friend bool operator==(const mail_relay&, const mail_relay&) = default;
};

/// One e-mail to hand to a relay.
struct mail_post {
  std::string from;                           ///< address of the envelope
  std::vector<std::string> to;                ///< addresses of the envelope, at least one
  std::shared_ptr<const std::string> content; ///< RFC 5322: headers and body, lines ended by CRLF
  seconds timeout{30};
  std::shared_ptr<const mail_relay> relay = {}; ///< null: the operator's
};

/// Everything that is sent to receivers.
class message_sender {
public:
  virtual ~message_sender() = default;
  /// `done` is called exactly once, on the sender's thread. Fills status, headers, body, timings, remote_ip, error,
  /// message, retry_after, started_at, duration; the ids are the caller's. Redirects are not followed. Thread-safe.
  virtual void post(webhook_post x, std::function<void(delivery_attempt)> done) = 0;
  /// As `post`: status is the relay's last reply code, 250 when it took the mail for at least one recipient; the body
  /// is what it said.
  virtual void mail(mail_post x, std::function<void(delivery_attempt)> done) = 0;
};

} // namespace gochron
