#include "support/postgres_fixture.hpp"

#include <atomic>
#include <cstdlib>
#include <stdexcept>

#include <sys/stat.h>

#include "storage/migrations/migrate.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/conninfo.hpp"

namespace gochron::test {
namespace {

constexpr timestamp epoch{std::chrono::seconds{1767225600}}; // 2026-01-01

template <class T, class E>
T expect(tl::expected<T, E> x, const char* what) {
  if (!x)
    throw std::runtime_error(what);
  return std::move(*x);
}

struct server {
  temporary_directory directory;
  std::unique_ptr<storage::embedded_postgres> postgres;
  org_id org;

  server() {
    storage::embedded_options options{
        directory.path(), storage::embedded_role::serve, {"fsync=off", "shared_buffers=32MB"}};
    auto started = storage::embedded_postgres::start(options);
    if (!started)
      throw std::runtime_error(started.error().detail);
    postgres = std::move(*started);
    execute("CREATE DATABASE migrated");
    auto report = storage::migrate(database("migrated"), epoch);
    if (!report)
      throw std::runtime_error(report.error().detail);
    org = report->organization;
  }

  std::string database(const std::string& name) const {
    return storage::with_database(expect(storage::with_defaults(postgres->conninfo()), "conninfo"), name);
  }

  void execute(const std::string& sql) const {
    auto db = expect(storage::connection::open(database("postgres")), "cannot connect");
    if (auto done = db->execute(sql); !done)
      throw std::runtime_error(done.error().message);
  }
};

server& the_server() {
  static server x;
  return x;
}

std::string next_name() {
  static std::atomic<int> count{0};
  return "test_" + std::to_string(++count);
}

} // namespace

temporary_directory::temporary_directory() {
  std::string name = "/tmp/gochron-XXXXXX";
  if (!::mkdtemp(name.data()) || ::chmod(name.c_str(), 0755) != 0)
    throw std::runtime_error("no temporary directory");
  path_ = name;
}

temporary_directory::~temporary_directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

storage::embedded_postgres& test_postgres() {
  return *the_server().postgres;
}

postgres_fixture::postgres_fixture() : name_(next_name()) {
  the_server().execute("CREATE DATABASE " + name_ + " TEMPLATE migrated");
  conninfo = the_server().database(name_);
  org = the_server().org;
}

postgres_fixture::~postgres_fixture() {
  try {
    the_server().execute("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // the cluster goes away as a whole at the end anyhow
  }
}

std::string make_empty_database() {
  auto name = next_name();
  the_server().execute("CREATE DATABASE " + name);
  return the_server().database(name);
}

} // namespace gochron::test
