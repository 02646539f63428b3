#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "gochron/error.hpp"
#include "storage/embedded/postmaster.hpp"

namespace gochron::storage {

/// Starts a program as `user` (dropping privileges if we are root), in its own session, output appended to `log`.
/// Every descriptor but 0-2 is closed in it. The caller reaps the child.
result<pid_t> spawn_as(const cluster_user& user, const std::vector<std::string>& arguments,
                       const std::filesystem::path& log);

/// As spawn_as(), and waits. The exit code; 128 + signal when killed.
result<int> run_as(const cluster_user& user, const std::vector<std::string>& arguments,
                   const std::filesystem::path& log);

/// Whether `user` may enter and write `directory`.
bool can_use(const cluster_user& user, const std::filesystem::path& directory);

/// The first parent of `directory` (or itself) that `user` may not pass through; empty if there is none.
std::filesystem::path first_barrier(const cluster_user& user, const std::filesystem::path& directory);

} // namespace gochron::storage
