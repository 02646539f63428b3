#include "storage/embedded/file_lock.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

namespace gochron::storage {

file_lock::~file_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

result<file_lock> file_lock::take(const std::filesystem::path& file, int operation) {
  file_lock x;
  x.fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (x.fd_ < 0)
    return fail(errc::invalid, fmt::format("Cannot open {}: {}.", file.string(), std::strerror(errno)));
  while (::flock(x.fd_, operation) != 0) {
    if (errno == EWOULDBLOCK)
      return fail(errc::conflict, fmt::format("{} is locked by another process.", file.string()));
    if (errno != EINTR)
      return fail(errc::invalid, fmt::format("Cannot lock {}: {}.", file.string(), std::strerror(errno)));
  }
  return x;
}

result<file_lock> file_lock::shared(const std::filesystem::path& file) {
  return take(file, LOCK_SH);
}
result<file_lock> file_lock::exclusive(const std::filesystem::path& file) {
  return take(file, LOCK_EX);
}

result<file_lock> file_lock::try_exclusive(const std::filesystem::path& file) {
  return take(file, LOCK_EX | LOCK_NB);
}

bool file_lock::try_upgrade() {
  return fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
}

} // namespace gochron::storage
