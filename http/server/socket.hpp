#pragma once
#include <string>
#include <string_view>

#include "gochron/error.hpp"

namespace gochron::http {

/// A file descriptor with an owner.
class descriptor {
public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  ~descriptor();
  descriptor(descriptor&& other) noexcept;
  descriptor& operator=(descriptor&& other) noexcept;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// Closes it now.
  void reset();
  /// Gives up ownership.
  void release() { fd_ = -1; }

private:
  int fd_;
};

/// A socket that listens. Removes its file, if it has one, when it goes.
class listening_socket {
public:
  /// `host:port`, `[v6]:port` (`[::]` takes IPv4 too) or `unix:/path`. Port 0 picks one. A socket file that nobody
  /// answers on is replaced. Errors: `invalid` for the text, `conflict` for an address in use, else `unavailable`.
  static result<listening_socket> open(std::string_view where, int backlog);
  ~listening_socket();
  listening_socket(listening_socket&&) = default;
  listening_socket& operator=(listening_socket&&) = default;

  int fd() const { return fd_.get(); }
  /// As bound: `http://127.0.0.1:40123`, `http://[::1]:40123`, `unix:/path`.
  const std::string& address() const { return address_; }

private:
  listening_socket(descriptor fd, std::string address, std::string path);
  static result<listening_socket> open_unix(std::string_view path, int backlog);
  static result<listening_socket> open_tcp(std::string_view where, int backlog);

  descriptor fd_;
  std::string address_;
  std::string path_; ///< of the socket file, else empty
};

} // namespace gochron::http
