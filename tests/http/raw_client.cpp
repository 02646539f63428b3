#include "http/raw_client.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/server/text.hpp"

namespace gochron::test {
namespace {

constexpr std::chrono::seconds patience{5};

int connect_unix(std::string_view path) {
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::memcpy(at.sun_path, path.data(), std::min(path.size(), sizeof at.sun_path - 1));
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
    throw std::runtime_error(fmt::format("cannot connect to {}: {}", path, std::strerror(errno)));
  return fd;
}

int connect_tcp(std::string_view address, int receive_buffer) {
  auto colon = address.rfind(':');
  auto host = std::string{address.substr(0, colon)};
  auto port = htons(static_cast<std::uint16_t>(std::stoi(std::string{address.substr(colon + 1)})));
  bool v6 = host.front() == '[';
  sockaddr_storage at{};
  socklen_t size = v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (v6) {
    auto& a = reinterpret_cast<sockaddr_in6&>(at);
    a.sin6_family = AF_INET6;
    a.sin6_port = port;
    ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &a.sin6_addr);
  } else {
    auto& a = reinterpret_cast<sockaddr_in&>(at);
    a.sin_family = AF_INET;
    a.sin_port = port;
    ::inet_pton(AF_INET, host.c_str(), &a.sin_addr);
  }
  int fd = ::socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0)
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), size) != 0) {
    ::close(fd);
    throw std::runtime_error(fmt::format("cannot connect to {}: {}", address, std::strerror(errno)));
  }
  int on = 1; // fragments leave as fragments
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

} // namespace

std::string raw_reply::header(std::string_view name) const {
  std::string_view rest{head};
  for (auto end = rest.find("\r\n"); end != std::string_view::npos; end = rest.find("\r\n")) {
    auto line = rest.substr(0, end);
    auto colon = line.find(':');
    if (colon != std::string_view::npos && http::iequals(line.substr(0, colon), name))
      return std::string{http::trimmed(line.substr(colon + 1))};
    rest.remove_prefix(end + 2);
  }
  return {};
}

raw_client::raw_client(std::string_view address, int receive_buffer) {
  if (address.starts_with("unix:"))
    fd_ = connect_unix(address.substr(5));
  else
    fd_ = connect_tcp(address.substr(address.find("//") + 2), receive_buffer);
}

raw_client::~raw_client() {
  close();
}
raw_client::raw_client(raw_client&& other) noexcept
  : fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)) {}

raw_client& raw_client::operator=(raw_client&& other) noexcept {
  close();
  fd_ = std::exchange(other.fd_, -1);
  pending_ = std::move(other.pending_);
  return *this;
}

bool raw_client::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool raw_client::fill() {
  pollfd p{fd_, POLLIN, 0};
  if (::poll(&p, 1, static_cast<int>(std::chrono::milliseconds{patience}.count())) <= 0)
    return false;
  std::array<char, 64 * 1024> buffer;
  auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (n > 0)
    pending_.append(buffer.data(), static_cast<std::size_t>(n));
  return n > 0;
}

raw_reply raw_client::ask(std::string_view bytes) {
  send(bytes);
  return read_reply();
}

raw_reply raw_client::read_reply(bool to_head) {
  raw_reply r;
  std::size_t end = 0;
  while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
    if (!fill())
      return r;
  r.head = pending_.substr(0, end + 4);
  pending_.erase(0, end + 4);
  auto length = r.header("Content-Length");
  auto size = length.empty() || to_head ? 0 : std::stoul(length);
  while (pending_.size() < size)
    if (!fill())
      return r;
  r.body = pending_.substr(0, size);
  pending_.erase(0, size);
  r.status = std::stoi(r.head.substr(9, 3));
  return r;
}

std::string raw_client::read_to_end() {
  while (fill()) {
  }
  return std::exchange(pending_, {});
}

bool raw_client::is_closed_within(std::chrono::milliseconds limit) {
  auto until = std::chrono::steady_clock::now() + limit;
  std::array<char, 4096> sink;
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd p{fd_, POLLIN, 0};
    if (left.count() < 0 || ::poll(&p, 1, static_cast<int>(left.count())) <= 0)
      return false;
    if (::recv(fd_, sink.data(), sink.size(), 0) <= 0)
      return true;
  }
}

std::string raw_client::read_some(std::size_t n) {
  if (pending_.empty())
    fill();
  auto some = pending_.substr(0, n);
  pending_.erase(0, some.size());
  return some;
}

void raw_client::half_close() const {
  ::shutdown(fd_, SHUT_WR);
}

void raw_client::close() {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

void raw_client::reset() {
  linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close();
}

bool eventually(const std::function<bool()>& done) {
  auto until = std::chrono::steady_clock::now() + patience;
  while (!done() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds{2}); // between two looks, not instead of one
  return done();
}

std::string get(std::string_view path, std::string_view lines) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: test\r\n{}\r\n", path, lines);
}

std::string post(std::string_view path, std::string_view body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n\r\n{}", path, body.size(), body);
}

std::size_t open_descriptors() {
  std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

} // namespace gochron::test
