#pragma once
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gochron/error.hpp"
#include "storage/embedded/file_lock.hpp"
#include "storage/embedded/postmaster.hpp"

namespace gochron::storage {

enum class embedded_role : std::uint8_t {
  serve,  ///< the engine: at most one a data directory; restarts a Postgres that dies
  attach, ///< a command beside it: uses the running Postgres, or starts one for as long as it needs it
};

struct embedded_options {
  std::filesystem::path data_dir;
  embedded_role role = embedded_role::serve;
  std::vector<std::string> settings; ///< further `name=value` of postgresql.conf
};

/// A private Postgres under `<data_dir>/postgres`: unix socket only, peer authentication, run as an unprivileged user.
/// The first user of a data directory starts it, the last one to leave stops it; one left by a killed process is taken
/// over. See docs/adr/0011.
class embedded_postgres {
public:
  /// Blocks until it answers (a second; longer on first start or after a crash). Call it before other threads exist
  /// or at any time: the forked children only make system calls.
  /// Errors (`conflict`, `unavailable` or `invalid`), each a sentence that says what to do: no binaries, a user
  /// without a passwd entry, a directory of another owner or out of reach, another major version, a socket path that
  /// is too long, a second engine on the same directory.
  static result<std::unique_ptr<embedded_postgres>> start(embedded_options options);

  /// Stops Postgres (fast) if nobody else uses this data directory.
  ~embedded_postgres();
  embedded_postgres(const embedded_postgres&) = delete;
  embedded_postgres& operator=(const embedded_postgres&) = delete;

  /// Keyword form, for with_defaults(); valid for the life of this object.
  const std::string& conninfo() const { return conninfo_; }

  /// Of the postmaster; 0 while it is down.
  int pid() const { return cluster_.running_pid(); }

private:
  embedded_postgres(cluster_paths paths, cluster_user user) : cluster_(std::move(paths), std::move(user)) {}

  void watch();

  postmaster cluster_;
  std::string conninfo_;
  file_lock owner_, users_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread watcher_;
};

} // namespace gochron::storage
