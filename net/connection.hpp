#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "net/services.hpp"

namespace gochron::net {

/// One outgoing TCP connection, perhaps with TLS on it. Every step ends by the attempt's deadline and fails with the
/// reason that a user will read. Closed on destruction, without ceremony.
class connection {
public:
  connection(services& s, attempt& a);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Resolves, asks the egress guard about every address, and connects to the first permitted one that answers (at
  /// most six). An address that stays silent gets its share of the time that is left, the last one all of it. When
  /// none answers, the failure is that of the first.
  asio::awaitable<outcome<void>> open(std::string host, std::uint16_t port, ip_version wanted);

  /// Hands over to TLS; what was read before stays with the caller. `server_name` is sent as SNI and verified.
  asio::awaitable<outcome<void>> secure(tls_options options, std::string server_name);

  /// `bytes` must outlive the call.
  asio::awaitable<outcome<void>> write(std::string_view bytes);

  /// At least one byte, or 0 at the end of the stream.
  asio::awaitable<outcome<std::size_t>> read_some(asio::mutable_buffer into);

  /// From here on a silent peer is late with its *first* byte.
  void expect_first_byte() { heard_ = false; }

  /// Whether anything came after expect_first_byte().
  bool heard() const { return heard_; }

  /// Between two exchanges: no deadline. renew() takes the attempt's, which its owner has set anew.
  void rest();
  void renew();
  /// While at rest: still open, and nothing came that nobody asked for.
  bool is_quiet();

  /// Makes whatever is under way fail now.
  void abort();

private:
  asio::awaitable<outcome<void>> connect(ip_address address, std::uint16_t port, monotonic_time until);
  failure read_failure(const error_code& ec) const;

  services& services_;
  attempt& attempt_;
  boost::beast::tcp_stream tcp_;
  std::shared_ptr<asio::ssl::context> context_;
  std::optional<asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
  bool heard_ = false;
};

} // namespace gochron::net
