#include "storage/embedded/postmaster.hpp"

#include <cerrno>
#include <csignal>
#include <deque>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "storage/embedded/process.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

const statement has_database{"has_database", "SELECT FROM pg_database WHERE datname = 'gochron'"};

// The first line of postmaster.pid; 0 when there is no such file.
pid_t recorded_pid(const std::filesystem::path& data) {
  std::ifstream file{data / "postmaster.pid"};
  pid_t pid = 0;
  return file >> pid && pid > 0 ? pid : 0;
}

// A pid may have been given to another program since the file was written.
bool is_postgres(pid_t pid, const std::filesystem::path& data) {
  std::error_code gone;
  auto directory = std::filesystem::read_symlink(fmt::format("/proc/{}/cwd", pid), gone);
  if (!gone)
    return directory == data;
  std::string name; // another user's process hides its working directory
  std::ifstream{fmt::format("/proc/{}/comm", pid)} >> name;
  return name == "postgres" || name == "postmaster";
}

bool is_out_of_descriptors() {
  int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return errno == EMFILE || errno == ENFILE;
  ::close(fd);
  return false;
}

bool is_zombie(pid_t pid) {
  std::ifstream file{fmt::format("/proc/{}/stat", pid)};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto end = text.rfind(')');
  return end == std::string::npos || end + 2 >= text.size() || text[end + 2] == 'Z';
}

} // namespace

std::string postmaster::conninfo(const std::string& database) const {
  return fmt::format("host='{}' port=5432 user=gochron dbname={} connect_timeout=5 application_name=gochron",
                     paths_.sockets().string(), database);
}

void postmaster::reap() const {
  auto pid = child_.load();
  if (pid > 0 && ::waitpid(pid, nullptr, WNOHANG) != 0)
    child_ = 0;
}

int postmaster::running_pid() const {
  reap();
  auto exists = [](pid_t x) { return x > 0 && (::kill(x, 0) == 0 || errno == EPERM); };
  auto pid = recorded_pid(paths_.data());
  if (exists(pid) && !is_zombie(pid) && is_postgres(pid, paths_.data())) {
    seen_ = pid;
    return pid;
  }
  // All that needs files to be opened. Without descriptors it says nothing, and what ran a moment ago still does.
  if (is_out_of_descriptors())
    return exists(seen_) ? seen_.load() : 0;
  return 0;
}

status postmaster::ensure_running() {
  std::lock_guard lock{mutex_};
  auto start = [this]() -> status {
    if (running_pid() == 0)
      if (auto started = launch(); !started)
        return started;
    return wait_until_ready();
  };
  // Postgres refuses to start beside what is left of a server that was killed a moment ago: a process not yet reaped,
  // backends that still hold its memory. Both are gone soon; its pid file is what tells this case from others.
  auto ready = start();
  for (int i = 0; !ready && i < 40 && std::filesystem::exists(paths_.data() / "postmaster.pid"); ++i) {
    std::this_thread::sleep_for(250ms);
    ready = start();
  }
  return ready ? make_database() : ready;
}

status postmaster::launch() {
  std::error_code ignored;
  if (std::filesystem::file_size(paths_.log(), ignored) > (16u << 20) && !ignored)
    std::filesystem::remove(paths_.log(), ignored);
  std::vector<std::string> arguments{
      (paths_.binaries / "postgres").string(),
      "-D",
      paths_.data().string(),
      "-k",
      paths_.sockets().string(),
      "-p",
      "5432",
  };
  std::vector<std::string> settings{"listen_addresses=",
                                    "unix_socket_permissions=0777",
                                    "max_connections=50",
                                    "wal_level=minimal",
                                    "max_wal_senders=0",
                                    "logging_collector=off",
                                    "log_destination=stderr",
                                    "log_min_messages=warning",
                                    "cluster_name=gochron",
                                    "max_wal_size=2GB",
                                    "checkpoint_timeout=15min",
                                    "shared_buffers=256MB",
                                    "wal_compression=on",
                                    "log_timezone=UTC",
                                    "max_parallel_workers_per_gather=0",
                                    "recovery_init_sync_method=syncfs"};
  settings.insert(settings.end(), settings_.begin(), settings_.end());
  for (const auto& x : settings) {
    arguments.push_back("-c");
    arguments.push_back(x);
  }
  auto pid = spawn_as(user_, arguments, paths_.log());
  if (!pid)
    return fail(pid.error());
  child_ = *pid;
  return {};
}

status postmaster::wait_until_ready() {
  auto target = conninfo("postgres");
  auto deadline = steady_clock::now() + 10min; // replaying much WAL takes its time
  while (steady_clock::now() < deadline) {
    if (PQping(target.c_str()) == PQPING_OK)
      return {};
    reap();
    if (child_ == 0 && running_pid() == 0)
      return fail(errc::unavailable,
                  fmt::format("Postgres did not start. The end of {}:\n{}", paths_.log().string(), last_log_lines()));
    std::this_thread::sleep_for(10ms);
  }
  return fail(errc::unavailable, "Postgres did not become ready within ten minutes.");
}

status postmaster::make_database() const {
  auto db = connection::open(conninfo("postgres"));
  if (!db)
    return fail(errc::unavailable, "Postgres does not let us in: " + db.error().message);
  auto found = (*db)->run(has_database);
  if (found && !found->empty())
    return {};
  auto made = (*db)->execute("CREATE DATABASE gochron");
  if (!made && made.error().sqlstate != "42P04") // made by another process meanwhile
    return fail(errc::unavailable, "Postgres does not make the database: " + made.error().message);
  return {};
}

void postmaster::stop() {
  std::lock_guard lock{mutex_};
  auto pid = running_pid();
  if (pid == 0)
    return;
  ::kill(pid, SIGINT);
  auto deadline = steady_clock::now() + 30s;
  bool forced = false;
  // postmaster.pid is gone before the process is.
  while (reap(), ::kill(pid, 0) == 0 && !is_zombie(pid)) {
    if (steady_clock::now() > deadline) {
      if (forced)
        return;
      ::kill(pid, SIGQUIT);
      forced = true;
      deadline += 10s;
    }
    std::this_thread::sleep_for(2ms);
  }
}

std::string postmaster::last_log_lines() const {
  std::ifstream file{paths_.log()};
  std::deque<std::string> last;
  for (std::string line; std::getline(file, line);) {
    last.push_back(line);
    if (last.size() > 5)
      last.pop_front();
  }
  std::string text;
  for (const auto& line : last)
    text += line + '\n';
  return text;
}

} // namespace gochron::storage
