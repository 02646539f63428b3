#include "storage/embedded/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace gochron::storage {
namespace {

// Between fork() and exec() only system calls are allowed: other threads may have held any lock.
bool become(const cluster_user& user) {
  if (::geteuid() != 0)
    return true;
  return ::setgroups(1, &user.gid) == 0 && ::setgid(user.gid) == 0 && ::setuid(user.uid) == 0;
}

void clear_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int s : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGQUIT, SIGUSR1, SIGUSR2})
    ::signal(s, SIG_DFL);
}

[[noreturn]] void child(const cluster_user& user, char* const* arguments, int log) {
  clear_signals();
  ::setsid();
  int nothing = ::open("/dev/null", O_RDONLY);
  bool ready = ::dup2(nothing, 0) == 0 && ::dup2(log, 1) == 1 && ::dup2(log, 2) == 2 && become(user);
  ::close_range(3, ~0u, 0);
  ::umask(0077);
  if (ready && ::chdir("/") == 0)
    ::execv(arguments[0], arguments);
  ::_exit(127);
}

int wait_for(pid_t pid) {
  int how = 0;
  while (::waitpid(pid, &how, 0) < 0)
    if (errno != EINTR)
      return 127;
  return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

} // namespace

result<pid_t> spawn_as(const cluster_user& user, const std::vector<std::string>& arguments,
                       const std::filesystem::path& log) {
  std::vector<char*> argv;
  for (const auto& x : arguments)
    argv.push_back(const_cast<char*>(x.c_str()));
  argv.push_back(nullptr);
  int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail(errc::invalid, fmt::format("Cannot write {}: {}.", log.string(), std::strerror(errno)));
  auto pid = ::fork();
  if (pid == 0)
    child(user, argv.data(), fd);
  ::close(fd);
  if (pid < 0)
    return fail(errc::unavailable, fmt::format("Cannot start {}: {}.", arguments[0], std::strerror(errno)));
  return pid;
}

result<int> run_as(const cluster_user& user, const std::vector<std::string>& arguments,
                   const std::filesystem::path& log) {
  auto pid = spawn_as(user, arguments, log);
  if (!pid)
    return fail(pid.error());
  return wait_for(*pid);
}

bool can_use(const cluster_user& user, const std::filesystem::path& directory) {
  if (::geteuid() != 0)
    return ::access(directory.c_str(), R_OK | W_OK | X_OK) == 0;
  auto pid = ::fork();
  if (pid == 0)
    ::_exit(become(user) && ::access(directory.c_str(), R_OK | W_OK | X_OK) == 0 ? 0 : 1);
  return pid > 0 && wait_for(pid) == 0;
}

std::filesystem::path first_barrier(const cluster_user& user, const std::filesystem::path& directory) {
  std::filesystem::path walked;
  for (const auto& part : directory) {
    walked /= part;
    auto pid = ::fork();
    if (pid == 0)
      ::_exit(become(user) && ::access(walked.c_str(), X_OK) == 0 ? 0 : 1);
    if (pid < 0 || wait_for(pid) != 0)
      return walked;
  }
  return {};
}

} // namespace gochron::storage
