#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "storage/embedded/postmaster.hpp"
#include "storage/embedded/process.hpp"

namespace gochron::storage {
namespace {

constexpr std::size_t max_socket_path = 107;

status make_owned(const std::filesystem::path& directory, const cluster_user& user) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(errc::invalid, fmt::format("Cannot make {}: {}.", directory.string(), std::strerror(errno)));
  struct stat x {};
  if (::stat(directory.c_str(), &x) != 0 || !S_ISDIR(x.st_mode))
    return fail(errc::invalid, fmt::format("{} is not a directory.", directory.string()));
  bool ours = x.st_uid == user.uid;
  if (!ours && x.st_uid == ::geteuid() && std::filesystem::is_empty(directory)) {
    if (::chown(directory.c_str(), user.uid, user.gid) != 0)
      return fail(errc::invalid, fmt::format("Cannot give {} to {}.", directory.string(), user.name));
    ours = true;
  }
  if (!ours)
    return fail(errc::invalid,
                fmt::format("{} belongs to user id {}, not to `{}`, as whom Postgres runs here. Run as its "
                            "owner or choose another data directory.",
                            directory.string(), x.st_uid, user.name));
  if (::chmod(directory.c_str(), 0700) != 0)
    return fail(errc::invalid, fmt::format("Cannot set the mode of {}.", directory.string()));
  return {};
}

std::string read_line(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  return line;
}

status write_file(const std::filesystem::path& file, const std::string& text, const cluster_user& user) {
  auto next = file;
  next += ".new";
  ::unlink(next.c_str());
  // The folder belongs to another user than we may be: a link that it planted there must not be followed.
  int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  bool written = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                 ::fchown(fd, user.uid, user.gid) == 0;
  if (fd >= 0)
    ::close(fd);
  if (!written || ::rename(next.c_str(), file.c_str()) != 0)
    return fail(errc::invalid, fmt::format("Cannot write {}: {}.", file.string(), std::strerror(errno)));
  return {};
}

} // namespace

status postmaster::prepare(std::vector<std::string> settings) {
  settings_ = std::move(settings);
  if (auto ok = check_directories(); !ok)
    return ok;
  std::error_code none;
  if (!std::filesystem::exists(paths_.data() / "PG_VERSION", none))
    if (auto made = make_cluster(); !made)
      return made;
  if (auto ok = check_version(); !ok)
    return ok;
  return running_pid() == 0 ? write_access_rules() : status{};
}

status postmaster::check_directories() const {
  auto socket = (paths_.sockets() / ".s.PGSQL.5432").string();
  if (socket.size() > max_socket_path)
    return fail(errc::invalid,
                fmt::format("The data directory's path is too long: the socket {} would have {} bytes, and "
                            "{} are allowed. Choose a shorter --data-dir.",
                            socket, socket.size(), max_socket_path));
  if (auto barrier = first_barrier(user_, paths_.home.parent_path()); !barrier.empty())
    return fail(errc::invalid,
                fmt::format("User `{}`, as whom Postgres runs, cannot reach the data directory: it may not enter {}. "
                            "Choose a --data-dir that others may pass through (as /var/lib/gochron), or run gochron as "
                            "a normal user.",
                            user_.name, barrier.string()));
  if (auto ok = make_owned(paths_.home, user_); !ok)
    return ok;
  if (auto ok = make_owned(paths_.sockets(), user_); !ok)
    return ok;
  struct stat x {};
  if (::stat(paths_.data().c_str(), &x) == 0 && x.st_uid != user_.uid)
    return fail(errc::invalid, fmt::format("{} belongs to user id {}, not to `{}`, as whom Postgres runs here.",
                                           paths_.data().string(), x.st_uid, user_.name));
  return {};
}

status postmaster::check_version() const {
  auto theirs = read_line(paths_.data() / "PG_VERSION");
  auto ours = paths_.binaries.parent_path().filename().string();
  if (theirs == ours)
    return {};
  return fail(errc::conflict,
              fmt::format("{} was made by Postgres version {}, but the newest one installed is {}. Install "
                          "postgresql-{}, or upgrade the data with pg_upgrade.",
                          paths_.data().string(), theirs, ours, theirs));
}

// Into a directory beside, renamed when complete: a start that was interrupted leaves nothing that looks finished.
status postmaster::make_cluster() const {
  std::error_code none;
  if (std::filesystem::exists(paths_.data(), none))
    return fail(errc::conflict,
                fmt::format("{} is there but is not a Postgres data directory. Move it away.", paths_.data().string()));
  auto next = paths_.home / "data.new";
  std::filesystem::remove_all(next, none);
  auto code = run_as(user_,
                     {(paths_.binaries / "initdb").string(), "-D", next.string(), "-U", "gochron", "--encoding=UTF8",
                      "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=reject", "--no-instructions"},
                     paths_.log());
  if (!code)
    return fail(code.error());
  if (*code != 0)
    return fail(errc::unavailable, fmt::format("initdb failed with code {}. The end of {}:\n{}", *code,
                                               paths_.log().string(), last_log_lines()));
  std::filesystem::rename(next, paths_.data(), none);
  return none ? status{fail(errc::invalid, "Cannot rename the new data directory: " + none.message())} : status{};
}

// Who runs gochron may change between starts, as may the user that runs the server.
status postmaster::write_access_rules() const {
  if (auto ok = write_file(paths_.data() / "pg_hba.conf", "local all gochron peer map=gochron\n", user_); !ok)
    return ok;
  std::string map = fmt::format("gochron root gochron\ngochron \"{}\" gochron\n", user_.name);
  if (user_.own_name != user_.name)
    map += fmt::format("gochron \"{}\" gochron\n", user_.own_name);
  return write_file(paths_.data() / "pg_ident.conf", map, user_);
}

} // namespace gochron::storage
