#include "net/support/loopback_server.hpp"

#include <array>

#include <boost/asio/write.hpp>
#include <poll.h>

namespace gochron::testing {

using boost::system::error_code;

peer::peer(tcp::socket& socket, asio::ssl::context* tls, std::function<bool(std::chrono::milliseconds)> pause)
  : socket_(socket), pause_(std::move(pause)) {
  if (tls)
    tls_ = std::make_unique<asio::ssl::stream<tcp::socket&>>(socket_, *tls);
}

bool peer::handshake() {
  error_code ec;
  if (tls_)
    tls_->handshake(asio::ssl::stream_base::server, ec);
  return !ec;
}

bool peer::upgrade(asio::ssl::context& tls) {
  tls_ = std::make_unique<asio::ssl::stream<tcp::socket&>>(socket_, tls);
  return handshake();
}

std::string peer::read_some() {
  std::array<char, 4096> chunk;
  error_code ec;
  const auto n = tls_ ? tls_->read_some(asio::buffer(chunk), ec) : socket_.read_some(asio::buffer(chunk), ec);
  return ec ? std::string{} : std::string{chunk.data(), n};
}

std::string peer::read_head() {
  std::string out;
  while (out.find("\r\n\r\n") == std::string::npos) {
    auto more = read_some();
    if (more.empty())
      return {};
    out += more;
  }
  return out;
}

bool peer::send(std::string_view bytes) {
  error_code ec;
  const auto data = asio::buffer(bytes.data(), bytes.size());
  if (tls_)
    asio::write(*tls_, data, ec);
  else
    asio::write(socket_, data, ec);
  return !ec;
}

void peer::wait_for_end() {
  while (!read_some().empty()) {
  }
}

void peer::reset() {
  error_code ec;
  socket_.set_option(asio::socket_base::linger{true, 0}, ec);
  socket_.close(ec);
}

void peer::close() {
  error_code ec;
  socket_.shutdown(tcp::socket::shutdown_both, ec);
}

loopback_server::loopback_server(script s, const std::string& address, asio::ssl::context* tls)
  : script_(std::move(s)), tls_(tls), acceptor_(io_, tcp::endpoint{asio::ip::make_address(address), 0}),
    port_(acceptor_.local_endpoint().port()), acceptor_thread_([this] { accept_loop(); }) {}

loopback_server::~loopback_server() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
    for (auto& s : sockets_)
      ::shutdown(s.native_handle(), SHUT_RDWR);
  }
  stop_changed_.notify_all();
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  acceptor_thread_.join();
  for (auto& t : threads_)
    t.join();
}

std::string loopback_server::url(const std::string& path, const std::string& host) const {
  return (tls_ ? "https://" : "http://") + host + ':' + std::to_string(port_) + path;
}

int loopback_server::accepted() const {
  std::lock_guard lock{mutex_};
  return static_cast<int>(sockets_.size());
}

std::vector<std::string> loopback_server::heads() const {
  std::lock_guard lock{mutex_};
  return heads_;
}

void loopback_server::note(std::string head) {
  std::lock_guard lock{mutex_};
  heads_.push_back(std::move(head));
}

void loopback_server::accept_loop() {
  for (;;) {
    tcp::socket socket{io_};
    error_code ec;
    acceptor_.accept(socket, ec);
    std::lock_guard lock{mutex_};
    if (ec || stopping_)
      return;
    sockets_.push_back(std::move(socket));
    threads_.emplace_back([this, &kept = sockets_.back()] { serve(kept); });
  }
}

void loopback_server::serve(tcp::socket& socket) {
  peer p{socket, tls_, [this](std::chrono::milliseconds x) {
           std::unique_lock lock{mutex_};
           return !stop_changed_.wait_for(lock, x, [this] { return stopping_; });
         }};
  script_(p);
  error_code ec;
  socket.shutdown(tcp::socket::shutdown_both, ec);
}

loopback_server::script answering(std::string answer) {
  return [answer = std::move(answer)](peer& p) {
    if (p.handshake() && !p.read_head().empty())
      p.send(answer);
  };
}

std::string http_answer(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

black_hole::black_hole() : acceptor_(io_) {
  acceptor_.open(tcp::v4());
  acceptor_.bind({asio::ip::address_v4::loopback(), 0});
  acceptor_.listen(0);
  port_ = acceptor_.local_endpoint().port();
  for (int i = 0; i < 16; ++i) {
    auto& s = fillers_.emplace_back(io_);
    s.open(tcp::v4());
    s.native_non_blocking(true);
    const tcp::endpoint here{asio::ip::address_v4::loopback(), port_};
    if (::connect(s.native_handle(), here.data(), static_cast<socklen_t>(here.size())) == 0)
      continue;
    pollfd wait{s.native_handle(), POLLOUT, 0};
    if (::poll(&wait, 1, 50) == 0)
      return; // this one got no answer: the queue is full
  }
}

std::uint16_t unused_port() {
  asio::io_context io;
  tcp::acceptor a{io, {asio::ip::address_v4::loopback(), 0}};
  return a.local_endpoint().port();
}

} // namespace gochron::testing
