#pragma once
#include <cstdint>
#include <utility>

#include <unistd.h>

namespace gochron::bench {

struct endpoint;

/// Owns a file descriptor.
class unique_fd {
public:
  unique_fd() = default;
  explicit unique_fd(int fd) : fd_(fd) {}
  unique_fd(unique_fd&& x) noexcept : fd_(std::exchange(x.fd_, -1)) {}
  unique_fd& operator=(unique_fd&& x) noexcept {
    std::swap(fd_, x.fd_);
    return *this;
  }
  ~unique_fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

private:
  int fd_ = -1;
};

/// Connected, then non-blocking, without Nagle's delay. Throws std::runtime_error.
unique_fd connect_to(const endpoint& to);

/// Listens on every address of this machine, non-blocking; `port` says where. Throws std::runtime_error.
unique_fd listen_anywhere(std::uint16_t& port);

} // namespace gochron::bench
