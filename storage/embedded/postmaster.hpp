#pragma once
#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include <sys/types.h>

#include "gochron/error.hpp"

namespace gochron::storage {

/// Where the private cluster's parts are.
struct cluster_paths {
  std::filesystem::path binaries; ///< holds `postgres` and `initdb`
  std::filesystem::path home;     ///< `<data_dir>/postgres`
  std::filesystem::path data() const { return home / "data"; }
  std::filesystem::path sockets() const { return home / "run"; }
  std::filesystem::path log() const { return home / "postgres.log"; }
  std::filesystem::path user_lock() const { return lock_file("users"); }
  std::filesystem::path owner_lock() const { return lock_file("engine"); }
  std::filesystem::path start_lock() const { return lock_file("start"); }
  /// Beside `home`, in the data directory: they are ours, not the server's.
  std::filesystem::path lock_file(const char* name) const {
    return home.parent_path() / (std::string{".postgres-"} + name + ".lock");
  }
};

/// As whom Postgres runs. Never root.
struct cluster_user {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;     ///< of that user
  std::string own_name; ///< of the user that this process runs as: it must be let in, too
};

/// The newest `/usr/lib/postgresql/*/bin`. `unavailable` when there is none.
result<std::filesystem::path> find_binaries(const std::filesystem::path& root = "/usr/lib/postgresql");

/// As root the user `postgres`, otherwise ourselves. `invalid` for a uid without a passwd entry.
result<cluster_user> find_user();

/// One private cluster on disk and its server process. Thread-safe.
class postmaster {
public:
  postmaster(cluster_paths paths, cluster_user user) : paths_(std::move(paths)), user_(std::move(user)) {}

  /// Checks and makes the directories; runs initdb on the first start. `settings` go to each server start.
  status prepare(std::vector<std::string> settings);
  /// Takes over a server that answers, or starts one, and waits until it does. Makes the database. Blocks.
  status ensure_running();
  /// Fast shutdown; immediate when that takes longer than 30 s.
  void stop();
  /// 0 when it is not running.
  int running_pid() const;

  std::string conninfo(const std::string& database) const;
  const cluster_paths& paths() const { return paths_; }

private:
  status check_directories() const;
  status check_version() const;
  status make_cluster() const;
  status write_access_rules() const;
  status launch();
  status wait_until_ready();
  status make_database() const;
  void reap() const;
  std::string last_log_lines() const;

  const cluster_paths paths_;
  const cluster_user user_;
  std::vector<std::string> settings_;
  mutable std::mutex mutex_;
  mutable std::atomic<pid_t> child_{0}; ///< started by us and not yet reaped
  mutable std::atomic<pid_t> seen_{0};  ///< running when last looked for
};

} // namespace gochron::storage
