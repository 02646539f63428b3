#include "cutting_proxy.hpp"

#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace gochron::test {
namespace {

sockaddr_un address_of(const std::filesystem::path& directory) {
  sockaddr_un x{};
  x.sun_family = AF_UNIX;
  auto path = (directory / ".s.PGSQL.5432").string();
  if (path.size() >= sizeof x.sun_path)
    throw std::runtime_error("socket path too long");
  std::memcpy(x.sun_path, path.c_str(), path.size() + 1);
  return x;
}

const sockaddr* plain(const sockaddr_un& x) {
  return reinterpret_cast<const sockaddr*>(&x);
}

// Statements go by the names they were prepared under: a bind of "commit" is what says COMMIT.
bool says_commit(std::string_view bytes) {
  return bytes.find(std::string_view{"\0commit\0", 8}) != std::string_view::npos;
}
bool answers_commit(std::string_view bytes) {
  return bytes.find(std::string_view{"COMMIT\0", 7}) != std::string_view::npos;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

} // namespace

cutting_proxy::cutting_proxy(const std::filesystem::path& directory, const std::filesystem::path& target)
  : target_(target), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto here = address_of(directory);
  if (::bind(listener_, plain(here), sizeof here) != 0 || ::listen(listener_, 16) != 0)
    throw std::runtime_error("the proxy cannot listen");
  thread_ = std::thread{[this] { serve(); }};
}

cutting_proxy::~cutting_proxy() {
  stopping_ = true;
  thread_.join();
  ::close(listener_);
}

void cutting_proxy::serve() {
  while (!stopping_) {
    pollfd p{listener_, POLLIN, 0};
    if (::poll(&p, 1, 20) <= 0)
      continue;
    int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0)
      continue;
    pass(client);
    ::close(client);
  }
}

void cutting_proxy::pass(int client) {
  auto there = address_of(target_);
  int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool open = ::connect(server, plain(there), sizeof there) == 0;
  committing_ = false;
  while (open && !stopping_) {
    std::array<pollfd, 2> p{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    if (::poll(p.data(), p.size(), 20) <= 0)
      continue;
    open = (!p[0].revents || client_says(client, server)) && (!p[1].revents || server_says(client, server));
  }
  ::close(server);
}

bool cutting_proxy::client_says(int client, int server) {
  std::array<char, 65536> buffer;
  auto n = ::recv(client, buffer.data(), buffer.size(), 0);
  if (n <= 0)
    return false;
  std::string_view bytes{buffer.data(), static_cast<std::size_t>(n)};
  committing_ = says_commit(bytes);
  if (committing_ && armed_ == cut::before_commit) {
    armed_ = cut::never;
    ++cuts_;
    return false;
  }
  return send_all(server, bytes);
}

bool cutting_proxy::server_says(int client, int server) {
  std::array<char, 65536> buffer;
  auto n = ::recv(server, buffer.data(), buffer.size(), 0);
  if (n <= 0)
    return false;
  std::string_view bytes{buffer.data(), static_cast<std::size_t>(n)};
  if (committing_ && armed_ == cut::after_commit && answers_commit(bytes)) {
    armed_ = cut::never;
    ++cuts_;
    return false;
  }
  return send_all(client, bytes);
}

} // namespace gochron::test
