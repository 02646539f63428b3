#pragma once
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace gochron::bench {

/// What a process has used, from /proc. Zero for a pid that is gone.
struct usage {
  double cpu_seconds = 0; ///< user and system, of all its threads
  double rss_bytes = 0;
  double peak_rss_bytes = 0; ///< the most there ever was
  long open_fds = 0;
};

usage usage_of(pid_t pid);

/// CPU of a process and all it started, also of what has ended: a postmaster with its backends.
double cpu_of_family(pid_t pid);

/// Keeps the calling process (its threads to come, its children) on one core; negative: lets it run on all of them.
void pin_to_core(int core);

/// A process of our own. It ends with its owner, however that ends.
class child {
public:
  /// Runs `main` in a fork, pinned to `core`. Call it before any thread exists.
  static child fork(int core, const std::function<void()>& main);
  /// Starts a program, pinned to `core`, with standard error appended to `log` and standard output
  /// returned by first_line_with(). Throws std::runtime_error when it cannot.
  static child run(int core, const std::vector<std::string>& command, const std::string& log);

  child(child&& x) noexcept;
  child& operator=(child&& x) noexcept;
  ~child() { stop(); }

  pid_t pid() const { return pid_; }
  /// The rest of the first line of its output that begins with `prefix`. Throws when it ends, or says nothing for a
  /// minute.
  std::string first_line_with(const std::string& prefix);
  /// Waits until it has ended by itself; stops it after `seconds`.
  void wait(double seconds);
  /// SIGTERM, and SIGKILL after half a minute. Returns when it has ended.
  void stop();
  void kill();
  void signal(int number) const;

private:
  child(pid_t pid, int output) : pid_(pid), output_(output) {}
  void reap(int number, double patience_seconds);

  pid_t pid_ = -1;
  int output_ = -1;
};

/// Waits until `done` says so, at most `seconds`. False when it never did.
bool eventually(double seconds, const std::function<bool()>& done);

} // namespace gochron::bench
