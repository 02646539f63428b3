#pragma once
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
  /// `deadline`. Failures: dns_nxdomain (also: the name has no address of that family), dns_servfail, dns_timeout;
  /// our fault when no name server can be reached.
  asio::awaitable<outcome<std::vector<ip_address>>> resolve(std::string host, ip_version wanted,
                                                            monotonic_time deadline);

  /// Fails everything pending and everything later.
  void close() { channel_.close(); }

  std::size_t cached() const { return entries_.size(); }

private:
  struct entry;
  struct waiter;

  std::shared_ptr<entry> look_up(const std::string& host, bool v6);
  void complete(entry& e, dns_answer answer);
  static outcome<std::vector<ip_address>> settled(const std::vector<std::shared_ptr<entry>>& asked,
                                                  const std::string& host, ip_version wanted);
  void make_room();

  asio::io_context& io_;
  dns_options options_;
  std::unordered_map<std::string, std::shared_ptr<entry>> entries_;
  dns_channel channel_; // last: its end calls back into the rest
};

} // namespace gochron::net
