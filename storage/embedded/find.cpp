#include <charconv>
#include <optional>

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "storage/embedded/postmaster.hpp"

namespace gochron::storage {
namespace {

int major_version(const std::filesystem::path& directory) {
  auto name = directory.filename().string();
  int major = 0;
  auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), major);
  return bad == std::errc{} && end == name.data() + name.size() ? major : 0;
}

struct account {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;
};

template <class LookUp>
std::optional<account> look_up(LookUp f) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16384);
  if (f(&entry, buffer.data(), buffer.size(), &found) != 0 || !found)
    return std::nullopt;
  return account{found->pw_uid, found->pw_gid, found->pw_name};
}

} // namespace

result<std::filesystem::path> find_binaries(const std::filesystem::path& root) {
  std::filesystem::path best;
  int newest = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator{root, none}) {
    auto major = major_version(entry.path());
    auto bin = entry.path() / "bin";
    bool complete = ::access((bin / "postgres").c_str(), X_OK) == 0 && ::access((bin / "initdb").c_str(), X_OK) == 0;
    if (major > newest && complete) {
      newest = major;
      best = bin;
    }
  }
  if (newest == 0)
    return fail(errc::unavailable, fmt::format("No Postgres server under {}: install the package `postgresql`, or set "
                                               "DATABASE_URL to a server of yours.",
                                               root.string()));
  return best;
}

result<cluster_user> find_user() {
  auto uid = ::geteuid();
  auto own = look_up([&](auto... rest) { return ::getpwuid_r(uid, rest...); });
  if (!own)
    return fail(errc::invalid,
                fmt::format("User id {} has no entry in the passwd database, which Postgres needs. Run as "
                            "a user that has one, or set DATABASE_URL.",
                            uid));
  if (uid != 0)
    return cluster_user{own->uid, own->gid, own->name, own->name};
  auto postgres = look_up([](auto... rest) { return ::getpwnam_r("postgres", rest...); });
  if (!postgres || postgres->uid == 0)
    return fail(errc::invalid,
                "Postgres does not run as root and there is no user `postgres` to run it as. Create one, "
                "run gochron as a normal user, or set DATABASE_URL.");
  return cluster_user{postgres->uid, postgres->gid, postgres->name, own->name};
}

} // namespace gochron::storage
