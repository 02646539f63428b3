#pragma once
#include <filesystem>
#include <utility>

#include "gochron/error.hpp"

namespace gochron::storage {

/// An flock() that ends with this object, or with the process however it ends. Children do not inherit it.
class file_lock {
public:
  file_lock() = default;
  ~file_lock();
  file_lock(file_lock&& x) noexcept : fd_(std::exchange(x.fd_, -1)) {}
  file_lock& operator=(file_lock&& x) noexcept {
    std::swap(fd_, x.fd_);
    return *this;
  }

  /// Waits for the lock.
  static result<file_lock> shared(const std::filesystem::path& file);
  static result<file_lock> exclusive(const std::filesystem::path& file);
  /// `conflict` when another holds it.
  static result<file_lock> try_exclusive(const std::filesystem::path& file);

  /// From shared to exclusive, if nobody else shares it; otherwise the lock may be lost.
  bool try_upgrade();

private:
  static result<file_lock> take(const std::filesystem::path& file, int operation);
  int fd_ = -1;
};

} // namespace gochron::storage
