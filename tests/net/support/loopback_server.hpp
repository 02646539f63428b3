#pragma once
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "net/asio.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace gochron::testing {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

/// One accepted connection in a test server, plain or TLS. Everything blocks; a stopping server makes it fail.
class peer {
public:
  peer(tcp::socket& socket, asio::ssl::context* tls, std::function<bool(std::chrono::milliseconds)> pause);

  bool handshake();
  /// Begins TLS on a plain connection.
  bool upgrade(asio::ssl::context& tls);
  /// Reads until the end of a request's headers and returns what was read; empty when the client went away.
  std::string read_head();
  /// Reads at least one byte more; empty when the client went away.
  std::string read_some();
  /// False when the client went away.
  bool send(std::string_view bytes);
  /// Reads and drops until the client goes away.
  void wait_for_end();
  /// Waits a while between bytes of a slow answer; false when the server stops.
  bool pause(std::chrono::milliseconds x) { return pause_(x); }
  /// Ends with RST instead of FIN.
  void reset();
  void close();

private:
  tcp::socket& socket_;
  std::unique_ptr<asio::ssl::stream<tcp::socket&>> tls_;
  std::function<bool(std::chrono::milliseconds)> pause_;
};

/// Accepts on a loopback address, port 0, and plays `script` on each connection in a thread of its own.
class loopback_server {
public:
  using script = std::function<void(peer&)>;

  explicit loopback_server(script s, const std::string& address = "127.0.0.1", asio::ssl::context* tls = nullptr);
  ~loopback_server();

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path = "/", const std::string& host = "127.0.0.1") const;
  int accepted() const;
  /// What the clients sent as heads, in order.
  std::vector<std::string> heads() const;
  void note(std::string head);

private:
  void serve(tcp::socket& socket);
  void accept_loop();

  script script_;
  asio::ssl::context* tls_;
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::uint16_t port_;
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stopping_ = false;
  std::list<tcp::socket> sockets_;
  std::list<std::thread> threads_;
  std::vector<std::string> heads_;
  std::thread acceptor_thread_;
};

/// Reads a request and answers it with `answer`, whole, then closes.
loopback_server::script answering(std::string answer);

/// `HTTP/1.1 <status> X` with a correct length.
std::string http_answer(int status, const std::string& body = "ok", const std::string& headers = "");

/// A listening port whose queue is full: connecting to it gets no answer.
class black_hole {
public:
  black_hole();
  std::uint16_t port() const { return port_; }

private:
  asio::io_context io_;
  tcp::acceptor acceptor_;
  std::list<tcp::socket> fillers_;
  std::uint16_t port_ = 0;
};

/// A loopback port that nothing listens on.
std::uint16_t unused_port();

} // namespace gochron::testing
