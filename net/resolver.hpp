#pragma once
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "gochron/monitor.hpp"
#include "net/dns_channel.hpp"
#include "net/failure.hpp"

namespace gochron::net {

/// Names to addresses, with a bounded cache that honours TTLs within limits. Equal questions that are under way are
/// asked once. On its loop's thread only.
class resolver {
public:
  resolver(asio::io_context& io, const dns_options& options);
  ~resolver();

  /// Addresses of the wanted family in the order in which to try them, IPv4 first. Addresses in any spelling answer
  /// themselves; `localhost` is loopback; /etc/hosts comes before DNS. Search domains are not applied. Answers by
  /// `deadline`. A name server that fails to resolve a name, or refuses to, is passed over for the next; an answer that
  /// was cut is asked for again over TCP. Failures: dns_nxdomain (also: the name has no address of that family),
  /// dns_servfail, dns_timeout; our fault when no name server can be reached.
  asio::awaitable<outcome<std::vector<ip_address>>> resolve(std::string host, ip_version wanted,
                                                            monotonic_time deadline);

  /// Fails everything pending and everything later.
  void close();

  std::size_t cached() const { return entries_.size(); }

private:
  struct entry;
  struct waiter;
  struct question {
    std::string host;
    bool v6 = false;
    std::shared_ptr<entry> answer;
    std::size_t first_server = 0; ///< those before it are of no help
    dns_channel::transport over = dns_channel::transport::udp;
  };

  void settle(question q, dns_answer answer);
  void ask_again(question q, dns_answer answer);
  std::shared_ptr<entry> look_up(const std::string& host, bool v6);
  void complete(entry& e, dns_answer answer);
  static outcome<std::vector<ip_address>> settled(const std::vector<std::shared_ptr<entry>>& asked,
                                                  const std::string& host, ip_version wanted);
  void make_room();

  asio::io_context& io_;
  dns_options options_;
  std::unordered_map<std::string, std::shared_ptr<entry>> entries_;
  bool closed_ = false;
  std::vector<std::string> servers_;
  std::shared_ptr<std::list<dns_channel>> again_ = std::make_shared<std::list<dns_channel>>(); // one a question
  dns_channel channel_; // last: its end calls back into the rest
};

} // namespace gochron::net
