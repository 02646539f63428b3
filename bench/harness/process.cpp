#include "bench/harness/process.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gochron::bench {
namespace {

namespace fs = std::filesystem;

struct stat_line {
  pid_t parent = 0;
  double own = 0;      ///< seconds
  double children = 0; ///< of those waited for
  long rss_pages = 0;
};

// proc(5): the command, in parentheses, may hold anything; the fields after the last one count from 3.
stat_line read_stat(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto end = text.rfind(')');
  if (end == std::string::npos)
    return {};
  std::istringstream fields{text.substr(end + 2)};
  std::vector<std::string> f{std::istream_iterator<std::string>{fields}, {}};
  auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  auto number = [&](std::size_t i) { return std::stod(f.at(i - 3)); };
  return {static_cast<pid_t>(number(4)), (number(14) + number(15)) / ticks, (number(16) + number(17)) / ticks,
          static_cast<long>(number(24))};
}

double peak_rss(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/status"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmHWM:"))
      return std::strtod(line.c_str() + 6, nullptr) * 1024;
  return 0;
}

void die_with_parent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM); // not SIGKILL: an engine then takes its Postgres with it
  if (getppid() != parent)
    _exit(1);
}

} // namespace

usage usage_of(pid_t pid) {
  usage x;
  auto stat = read_stat(pid);
  x.cpu_seconds = stat.own;
  x.rss_bytes = static_cast<double>(stat.rss_pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
  x.peak_rss_bytes = peak_rss(pid);
  std::error_code gone;
  for (fs::directory_iterator i{"/proc/" + std::to_string(pid) + "/fd", gone}, end; !gone && i != end;
       i.increment(gone))
    ++x.open_fds;
  return x;
}

double cpu_of_family(pid_t pid) {
  if (pid <= 0)
    return 0;
  auto self = read_stat(pid);
  auto sum = self.own + self.children;
  for (auto& entry : fs::directory_iterator{"/proc"}) {
    auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos)
      continue;
    if (auto stat = read_stat(std::stoi(name)); stat.parent == pid)
      sum += stat.own + stat.children;
  }
  return sum;
}

void pin_to_core(int core) {
  static const auto cores = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < cores; ++i)
    if (core < 0 || i == core % cores)
      CPU_SET(static_cast<unsigned>(i), &set);
  sched_setaffinity(0, sizeof set, &set);
}

child child::fork(int core, const std::function<void()>& main) {
  std::fflush(nullptr);
  auto parent = getpid();
  auto pid = ::fork();
  if (pid < 0)
    throw std::runtime_error("fork failed");
  if (pid > 0)
    return {pid, -1};
  die_with_parent(parent);
  pin_to_core(core);
  int code = 0;
  try {
    main();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    code = 1;
  }
  _exit(code);
}

child child::run(int core, const std::vector<std::string>& command, const std::string& log) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  std::vector<char*> argv;
  for (auto& word : command)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  auto parent = getpid();
  auto pid = ::fork();
  if (pid < 0)
    throw std::runtime_error("fork failed");
  if (pid == 0) {
    die_with_parent(parent);
    pin_to_core(core);
    auto errors = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    dup2(ends[1], STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  return {pid, ends[0]};
}

child::child(child&& x) noexcept : pid_(std::exchange(x.pid_, -1)), output_(std::exchange(x.output_, -1)) {}

child& child::operator=(child&& x) noexcept {
  std::swap(pid_, x.pid_);
  std::swap(output_, x.output_);
  return *this;
}

std::string child::first_line_with(const std::string& prefix) {
  std::string text;
  char block[4096];
  // A start with a million monitors takes its time.
  auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{3};
  while (std::chrono::steady_clock::now() < deadline) {
    pollfd p{output_, POLLIN, 0};
    if (poll(&p, 1, 1000) == 0)
      continue;
    auto n = read(output_, block, sizeof block);
    if (n <= 0)
      throw std::runtime_error("a process ended before it said `" + prefix + "`");
    text.append(block, static_cast<std::size_t>(n));
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1))
      if (auto end = text.find('\n', at); end != std::string::npos && (at == 0 || text[at - 1] == '\n'))
        return text.substr(at + prefix.size(), end - at - prefix.size());
  }
  throw std::runtime_error("a process never said `" + prefix + "`");
}

void child::reap(int number, double patience_seconds) {
  if (pid_ <= 0)
    return;
  if (number != 0)
    ::kill(pid_, number);
  if (!eventually(patience_seconds, [&] { return waitpid(pid_, nullptr, WNOHANG) != 0; })) {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  pid_ = -1;
  if (output_ >= 0)
    close(std::exchange(output_, -1));
}

void child::wait(double seconds) {
  reap(0, seconds);
}

void child::stop() {
  reap(SIGTERM, 30);
}

void child::kill() {
  reap(SIGKILL, 30);
}

void child::signal(int number) const {
  ::kill(pid_, number);
}

bool eventually(double seconds, const std::function<bool()>& done) {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

} // namespace gochron::bench
