#include "storage/embedded_postgres.hpp"

#include <spdlog/spdlog.h>

namespace gochron::storage {
namespace {

using namespace std::chrono_literals;

result<cluster_paths> locate(const std::filesystem::path& data_dir) {
  auto binaries = find_binaries();
  if (!binaries)
    return fail(binaries.error());
  std::error_code bad;
  std::filesystem::create_directories(data_dir, bad);
  auto whole = std::filesystem::canonical(data_dir, bad);
  if (bad)
    return fail(errc::invalid, "Cannot make the data directory " + data_dir.string() + ": " + bad.message() + ".");
  return cluster_paths{*binaries, whole / "postgres"};
}

} // namespace

result<std::unique_ptr<embedded_postgres>> embedded_postgres::start(embedded_options options) {
  auto user = find_user();
  if (!user)
    return fail(user.error());
  auto paths = locate(options.data_dir);
  if (!paths)
    return fail(paths.error());
  std::unique_ptr<embedded_postgres> x{new embedded_postgres{*paths, *user}};
  auto starting = file_lock::exclusive(paths->start_lock());
  if (!starting)
    return fail(starting.error());
  if (auto ok = x->cluster_.prepare(std::move(options.settings)); !ok)
    return fail(ok.error());
  if (options.role == embedded_role::serve) {
    auto owner = file_lock::try_exclusive(paths->owner_lock());
    if (!owner)
      return fail(errc::conflict,
                  "Another gochron engine is running on the data directory " + options.data_dir.string() + ".");
    x->owner_ = std::move(*owner);
  }
  auto users = file_lock::shared(paths->user_lock());
  if (!users)
    return fail(users.error());
  x->users_ = std::move(*users);
  if (auto ok = x->cluster_.ensure_running(); !ok)
    return fail(ok.error());
  x->conninfo_ = x->cluster_.conninfo("gochron");
  if (options.role == embedded_role::serve)
    x->watcher_ = std::thread{[self = x.get()] { self->watch(); }};
  return x;
}

embedded_postgres::~embedded_postgres() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  if (watcher_.joinable())
    watcher_.join();
  if (users_.try_upgrade()) // nobody else is here
    cluster_.stop();
}

// A Postgres that was killed is started again; connections then come back by themselves.
void embedded_postgres::watch() {
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, 200ms, [&] { return stopping_; })) {
    if (cluster_.running_pid() != 0)
      continue;
    lock.unlock();
    spdlog::error("the embedded Postgres is gone; starting it again");
    if (auto ok = cluster_.ensure_running(); !ok)
      spdlog::error("the embedded Postgres does not start: {}", ok.error().detail);
    lock.lock();
  }
}

} // namespace gochron::storage
