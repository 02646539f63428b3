#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <ares.h>

#include "gochron/clock.hpp"
#include "net/asio.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

namespace gochron::net {

struct dns_options {
  std::vector<std::string> nameservers; ///< `192.0.2.1` or `192.0.2.1:5353`; empty: those of the system
  milliseconds query_timeout{1000};     ///< before the first repeat; doubles with each
  int tries = 3;
  seconds min_ttl{5};      ///< answers are kept at least this long,
  seconds max_ttl{300};    ///< and at most this long
  seconds negative_ttl{5}; ///< "no such name" and "no such record"
  std::size_t max_entries = 65536;
};

enum class dns_status : std::uint8_t { ok, nxdomain, no_data, servfail, timeout, unusable, closed };

/// The answer to one question. `ttl` is of the shortest-lived record on the way.
struct dns_answer {
  dns_status status = dns_status::closed;
  std::vector<ip_address> addresses;
  seconds ttl{0};
  bool truncated = false; ///< it did not fit into a datagram; ask again over TCP
};

/// c-ares on an Asio loop: its sockets and its timer. All members on the loop's thread.
class dns_channel {
public:
  using callback = std::function<void(dns_answer)>;

  enum class transport : std::uint8_t { udp, tcp };
  dns_channel(asio::io_context& io, const dns_options& options, transport over = transport::udp);
  ~dns_channel();
  dns_channel(const dns_channel&) = delete;
  dns_channel& operator=(const dns_channel&) = delete;

  /// Asks for A or AAAA. `done` is called exactly once, perhaps before this returns.
  void query(const std::string& host, bool v6, callback done);

  /// The name servers in force, in order, as dns_options takes them.
  std::vector<std::string> servers() const;

  /// What /etc/hosts says; empty when it says nothing. Reads the file.
  std::vector<ip_address> from_hosts_file(const std::string& host, bool v6);

  /// Answers everything pending with `closed`; later queries too.
  void close();

private:
  struct watched;
  static void on_socket_state(void* self, ares_socket_t fd, int readable, int writable);
  void watch(const std::shared_ptr<watched>& w, bool write);
  void arm_timer();

  asio::io_context& io_;
  ares_channel channel_ = nullptr;
  asio::steady_timer timer_;
  std::unordered_map<ares_socket_t, std::shared_ptr<watched>> sockets_;
};

} // namespace gochron::net
