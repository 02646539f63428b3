#include "net/connection.hpp"

#include <algorithm>

#include <boost/asio/ssl/error.hpp>

namespace gochron::net {

namespace {

constexpr std::size_t max_addresses = 6;

tl::unexpected<failure> stopping_failure() {
  return our_fault("The engine is stopping.");
}

std::string place(const ip_address& address, std::uint16_t port) {
  auto text = text_of(address);
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
  if (ec == asio::error::timed_out)
    return failed(reason::connect_timeout, where + " did not accept the connection in time.");
  if (ec == asio::error::connection_reset || ec == asio::error::connection_aborted)
    return failed(reason::connect_reset, where + " reset the connection.");
  return failed(reason::connect_unreachable, where + " cannot be reached: " + ec.message() + ".");
}

} // namespace

asio::awaitable<outcome<void>> connection::open(std::string host, std::uint16_t port, ip_version wanted,
                                                first_word first) {
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
    attempt_.remote_ip = text_of(addresses[i]);
    auto connected = co_await connect(addresses[i], port, first, now + share);
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

asio::awaitable<outcome<void>> connection::connect(ip_address address, std::uint16_t port, first_word first,
                                                   monotonic_time until) {
  if (services_.stopping)
    co_return stopping_failure();
  tls_.reset();
  wrote_ = false;
  fd_ = {};
  auto ec = fd_.open(address.is_v6());
  if (!ec && first == first_word::ours)
    fd_.save_handshake_ack();
  if (!ec)
    ec = fd_.connect({address, port});
  bool pending = ec == asio::error::in_progress;
  if ((!ec || pending) && !watch_.attach(fd_.get()))
    co_return our_fault("No socket could be watched: " + last_error().message() + ".");
  if (pending) {
    const auto how = co_await watch_.until(until);
    if (how == wake::aborted)
      co_return stopping_failure();
    ec = how == wake::late ? error_code{asio::error::timed_out} : watch_.failed() ? fd_.pending_error() : error_code{};
  }
  if (ec)
    co_return connect_failure(ec, place(address, port));
  co_return outcome<void>{};
}

asio::awaitable<error_code> connection::blocked(error_code ec) {
  if (ec != asio::error::would_block)
    co_return ec;
  const auto how = co_await watch_.until(attempt_.deadline);
  if (how == wake::late)
    co_return asio::error::timed_out;
  co_return how == wake::aborted ? error_code{asio::error::operation_aborted} : error_code{};
}

asio::awaitable<outcome<void>> connection::secure(tls_options options, std::string server_name) {
  auto context = services_.tls.for_options(options);
  if (!context)
    co_return tl::unexpected<failure>(std::move(context.error()));
  context_ = *context;
  fd_.no_delay(); // the request must not wait for the server's acknowledgement of the handshake's last flight
  tls_.reset(SSL_new(context_->native_handle()));
  SSL_set_fd(tls_.get(), fd_.get());
  expect_name(tls_.get(), server_name);
  const auto begun = std::chrono::steady_clock::now();
  error_code ec;
  do {
    watch_.forget();
    auto shaken = tls_handshake(tls_.get());
    if (shaken.ok())
      break;
    ec = co_await blocked(shaken.error);
  } while (!ec);
  attempt::add(attempt_.timings.tls, begun);
  if (!ec) {
    attempt_.certificate_expires_at = certificate_end(tls_.get());
    co_return outcome<void>{};
  }
  if (services_.stopping)
    co_return stopping_failure();
  if (ec == asio::error::timed_out)
    co_return failed(reason::tls_timeout, "The TLS handshake with " + server_name + " took too long.");
  co_return tl::unexpected<failure>(handshake_failure(tls_.get(), ec, server_name));
}

io_result connection::send(std::string_view bytes) {
  watch_.forget();
  return tls_ ? tls_write(tls_.get(), bytes) : fd_.send(bytes);
}

io_result connection::receive(asio::mutable_buffer into) {
  watch_.forget();
  if (tls_)
    return tls_read(tls_.get(), into);
  auto got = fd_.receive(into);
  if (got.error == asio::error::would_block)
    watch_.drained();
  return got;
}

asio::awaitable<outcome<void>> connection::write(std::string_view bytes) {
  // One write goes out at once; what follows it must not wait until the first is acknowledged.
  if (std::exchange(wrote_, true) && !tls_)
    fd_.no_delay();
  error_code ec;
  while (!bytes.empty() && !ec) {
    auto sent = send(bytes);
    if (sent.ok())
      bytes.remove_prefix(sent.size);
    else
      ec = co_await blocked(sent.error);
  }
  if (!ec)
    co_return outcome<void>{};
  if (services_.stopping)
    co_return stopping_failure();
  if (ec == asio::error::connection_reset)
    co_return failed(reason::connect_reset, "The server reset the connection while the request was being sent.");
  if (ec == asio::error::timed_out)
    co_return failed(reason::send_failed, "The server did not take the whole request in time.");
  co_return failed(reason::send_failed, "The request could not be sent: " + ec.message() + ".");
}

asio::awaitable<outcome<std::size_t>> connection::read_some(asio::mutable_buffer into) {
  error_code ec;
  while (!ec) {
    io_result got{0, asio::error::would_block};
    if (tls_ || watch_.readable()) // OpenSSL may hold what has been read already
      got = receive(into);
    if (got.ok()) {
      heard_ = heard_ || got.size > 0;
      co_return got.size;
    }
    ec = co_await blocked(got.error);
  }
  if (services_.stopping)
    co_return stopping_failure();
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated)
    co_return std::size_t{0};
  co_return tl::unexpected<failure>(read_failure(ec));
}

failure connection::read_failure(const error_code& ec) const {
  if (ec == asio::error::timed_out)
    return heard_ ? failure{reason::read_timeout, "The server did not finish its answer in time."}
                  : failure{reason::first_byte_timeout, "The server did not begin to answer in time."};
  if (ec == asio::error::connection_reset)
    return {reason::connect_reset, "The server reset the connection before its answer was complete."};
  if (ec.category() == asio::error::get_ssl_category())
    return {reason::tls_protocol, "TLS failed while the answer was being read: " + ec.message() + "."};
  return {reason::protocol_error, "The answer could not be read: " + ec.message() + "."};
}

} // namespace gochron::net
