#include "net/connection.hpp"

#include <algorithm>
#include <cerrno>

#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <sys/socket.h>

namespace gochron::net {

namespace {

constexpr std::size_t max_addresses = 6;

tl::unexpected<failure> stopping_failure() {
  return our_fault("The engine is stopping.");
}

std::string place(const ip_address& address, std::uint16_t port) {
  auto text = address.to_string();
  return (address.is_v6() ? '[' + text + ']' : text) + ':' + std::to_string(port);
}

bool is_shortage(const error_code& ec) {
  namespace errc = boost::system::errc;
  return ec == errc::too_many_files_open || ec == errc::too_many_files_open_in_system || ec == errc::no_buffer_space ||
         ec == errc::not_enough_memory || ec == errc::address_in_use || ec == errc::address_not_available ||
         ec == errc::address_family_not_supported;
}

tl::unexpected<failure> connect_failure(const error_code& ec, const std::string& where) {
  if (is_shortage(ec))
    return our_fault("No socket could be opened to " + where + ": " + ec.message() + ".");
  if (ec == asio::error::connection_refused)
    return failed(reason::connect_refused, where + " refused the connection.");
  if (ec == boost::beast::error::timeout || ec == asio::error::timed_out)
    return failed(reason::connect_timeout, where + " did not accept the connection in time.");
  if (ec == asio::error::connection_reset || ec == asio::error::connection_aborted)
    return failed(reason::connect_reset, where + " reset the connection.");
  return failed(reason::connect_unreachable, where + " cannot be reached: " + ec.message() + ".");
}

} // namespace

connection::connection(services& s, attempt& a) : services_(s), attempt_(a), tcp_(s.io) {
  services_.connections.insert(this);
}

connection::~connection() {
  services_.connections.erase(this);
}

void connection::rest() {
  tcp_.expires_never();
}

void connection::renew() {
  heard_ = false;
  tcp_.expires_at(attempt_.deadline);
}

bool connection::is_quiet() {
  char byte = 0;
  auto n = ::recv(tcp_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::abort() {
  tcp_.close();
}

asio::awaitable<outcome<void>> connection::open(std::string host, std::uint16_t port, ip_version wanted) {
  const auto begun = std::chrono::steady_clock::now();
  auto found = co_await services_.dns.resolve(host, wanted, attempt_.deadline);
  if (!parse_address(host))
    attempt::add(attempt_.timings.dns, begun);
  if (!found)
    co_return tl::unexpected<failure>(std::move(found.error()));
  std::vector<ip_address> addresses;
  for (const auto& x : *found)
    if (addresses.size() < max_addresses && services_.guard.permits(x))
      addresses.push_back(canonical(x));
  attempt_.remote_port = port;
  if (addresses.empty()) {
    // the address itself stays untold: names may have been resolved inside our own network
    const auto kind = std::string{name_of(classify(found->front()))};
    co_return failed(reason::egress_denied, host + " has a " + kind + " address, which may not be connected to.");
  }
  const auto connecting = std::chrono::steady_clock::now();
  std::optional<failure> first_failure;
  std::string first_address;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = std::chrono::steady_clock::now();
    const auto share = (attempt_.deadline - now) / static_cast<int>(addresses.size() - i);
    attempt_.remote_ip = addresses[i].to_string();
    auto connected = co_await connect(addresses[i], port, now + share);
    if (connected) {
      attempt::add(attempt_.timings.connect, connecting);
      co_return outcome<void>{};
    }
    if (!first_failure) {
      first_failure = std::move(connected.error());
      first_address = attempt_.remote_ip;
    }
  }
  attempt::add(attempt_.timings.connect, connecting);
  attempt_.remote_ip = first_address;
  co_return tl::unexpected<failure>(std::move(*first_failure));
}

asio::awaitable<outcome<void>> connection::connect(ip_address address, std::uint16_t port, monotonic_time until) {
  if (services_.stopping)
    co_return stopping_failure();
  error_code ec;
  tcp_.close();
  tcp_.expires_at(until);
  co_await tcp_.async_connect(asio::ip::tcp::endpoint{address, port}, asio::redirect_error(asio::use_awaitable, ec));
  if (services_.stopping)
    co_return stopping_failure();
  if (ec)
    co_return connect_failure(ec, place(address, port));
  tcp_.socket().set_option(asio::ip::tcp::no_delay{true}, ec);
  tcp_.expires_at(attempt_.deadline);
  co_return outcome<void>{};
}

asio::awaitable<outcome<void>> connection::secure(tls_options options, std::string server_name) {
  auto context = services_.tls.for_options(options);
  if (!context)
    co_return tl::unexpected<failure>(std::move(context.error()));
  context_ = *context;
  tls_.emplace(tcp_, *context_);
  expect_name(tls_->native_handle(), server_name);
  const auto begun = std::chrono::steady_clock::now();
  error_code ec;
  co_await tls_->async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, ec));
  attempt::add(attempt_.timings.tls, begun);
  if (!ec)
    co_return outcome<void>{};
  if (services_.stopping)
    co_return stopping_failure();
  if (ec == boost::beast::error::timeout)
    co_return failed(reason::tls_timeout, "The TLS handshake with " + server_name + " took too long.");
  co_return tl::unexpected<failure>(handshake_failure(tls_->native_handle(), ec, server_name));
}

asio::awaitable<outcome<void>> connection::write(std::string_view bytes) {
  error_code ec;
  const auto data = asio::buffer(bytes.data(), bytes.size());
  if (tls_)
    co_await asio::async_write(*tls_, data, asio::redirect_error(asio::use_awaitable, ec));
  else
    co_await asio::async_write(tcp_, data, asio::redirect_error(asio::use_awaitable, ec));
  if (!ec)
    co_return outcome<void>{};
  if (services_.stopping)
    co_return stopping_failure();
  if (ec == asio::error::connection_reset)
    co_return failed(reason::connect_reset, "The server reset the connection while the request was being sent.");
  if (ec == boost::beast::error::timeout)
    co_return failed(reason::send_failed, "The server did not take the whole request in time.");
  co_return failed(reason::send_failed, "The request could not be sent: " + ec.message() + ".");
}

asio::awaitable<outcome<std::size_t>> connection::read_some(asio::mutable_buffer into) {
  error_code ec;
  std::size_t n = 0;
  if (tls_)
    n = co_await tls_->async_read_some(into, asio::redirect_error(asio::use_awaitable, ec));
  else
    n = co_await tcp_.async_read_some(into, asio::redirect_error(asio::use_awaitable, ec));
  if (!ec) {
    heard_ = true;
    co_return n;
  }
  if (services_.stopping)
    co_return stopping_failure();
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated)
    co_return std::size_t{0};
  co_return tl::unexpected<failure>(read_failure(ec));
}

failure connection::read_failure(const error_code& ec) const {
  if (ec == boost::beast::error::timeout)
    return heard_ ? failure{reason::read_timeout, "The server did not finish its answer in time."}
                  : failure{reason::first_byte_timeout, "The server did not begin to answer in time."};
  if (ec == asio::error::connection_reset)
    return {reason::connect_reset, "The server reset the connection before its answer was complete."};
  if (ec.category() == asio::error::get_ssl_category())
    return {reason::tls_protocol, "TLS failed while the answer was being read: " + ec.message() + "."};
  return {reason::protocol_error, "The answer could not be read: " + ec.message() + "."};
}

} // namespace gochron::net
