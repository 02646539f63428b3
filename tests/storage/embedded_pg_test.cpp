#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "storage/embedded/process.hpp"
#include "storage/embedded_postgres.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/conninfo.hpp"
#include "support/postgres_fixture.hpp"

using namespace gochron;
using namespace gochron::storage;
using test::temporary_directory;

namespace {

result<std::unique_ptr<embedded_postgres>> start(const std::filesystem::path& dir,
                                                 embedded_role role = embedded_role::serve) {
  return embedded_postgres::start({dir, role, {"fsync=off", "shared_buffers=32MB"}});
}

bool answers(const embedded_postgres& x) {
  auto db = connection::open(x.conninfo());
  return db && (*db)->execute("SELECT 1");
}

template <class F>
bool eventually(F condition) {
  for (int i = 0; i < 3000; ++i) {
    if (condition())
      return true;
    ::usleep(10000);
  }
  return false;
}

bool lives(int pid) {
  return ::kill(pid, 0) == 0;
}

} // namespace

TEST_CASE("a private Postgres starts, answers only its own users, and stops with its last user") {
  temporary_directory dir;
  int pid = 0;
  {
    auto serving = start(dir.path());
    REQUIRE(serving);
    pid = (*serving)->pid();
    REQUIRE(pid > 0);
    CHECK(answers(**serving));
    auto beside = start(dir.path(), embedded_role::attach);
    REQUIRE(beside);
    CHECK((*beside)->pid() == pid);
    beside->reset();
    CHECK(lives(pid));
    CHECK(answers(**serving));

    auto second = start(dir.path());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == errc::conflict);
    CHECK(answers(**serving));

    struct stat sockets {};
    REQUIRE(::stat((dir.path() / "postgres" / "run").c_str(), &sockets) == 0);
    CHECK((sockets.st_mode & 0777) == 0700);
  }
  CHECK_FALSE(lives(pid));
  auto alone = start(dir.path(), embedded_role::attach);
  REQUIRE(alone);
  pid = (*alone)->pid();
  CHECK(answers(**alone));
  alone->reset();
  CHECK_FALSE(lives(pid));
}

TEST_CASE("a Postgres that was killed is started again, and it recovers, and nothing was lost") {
  temporary_directory dir;
  auto serving = start(dir.path());
  REQUIRE(serving);
  {
    auto db = connection::open((*serving)->conninfo());
    REQUIRE(db);
    REQUIRE((*db)->execute("CREATE TABLE kept (x int); INSERT INTO kept VALUES (1)"));
  }
  int pid = (*serving)->pid();
  REQUIRE(::kill(pid, SIGKILL) == 0);
  CHECK(eventually([&] { return (*serving)->pid() != pid && (*serving)->pid() != 0 && answers(**serving); }));
  auto db = connection::open((*serving)->conninfo());
  REQUIRE(db);
  CHECK((*db)->execute("INSERT INTO kept SELECT 2 FROM kept")->command_tag() == "INSERT 0 1");
}

TEST_CASE("a Postgres left running by a killed engine is taken over") {
  temporary_directory dir;
  int tell[2];
  REQUIRE(::pipe(tell) == 0);
  auto engine = ::fork();
  if (engine == 0) {
    auto serving = start(dir.path());
    int pid = serving ? (*serving)->pid() : 0;
    auto sent = ::write(tell[1], &pid, sizeof pid);
    ::kill(::getpid(), sent == sizeof pid ? SIGKILL : SIGABRT);
  }
  int pid = 0;
  REQUIRE(::read(tell[0], &pid, sizeof pid) == sizeof pid);
  ::waitpid(engine, nullptr, 0);
  ::close(tell[0]);
  ::close(tell[1]);
  REQUIRE(pid > 0);
  CHECK(lives(pid));
  auto next = start(dir.path());
  REQUIRE(next);
  CHECK((*next)->pid() == pid);
  CHECK(answers(**next));
  next->reset();
  CHECK(eventually([&] { return !lives(pid); }));
}

TEST_CASE("a lack of descriptors does not look like the end of Postgres, whoever started it") {
  temporary_directory dir;
  auto serving = start(dir.path());
  REQUIRE(serving);
  auto beside = start(dir.path(), embedded_role::attach); // not its child
  REQUIRE(beside);
  auto pid = (*serving)->pid();
  REQUIRE((*beside)->pid() == pid);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none{3, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  auto own = (*serving)->pid(), other = (*beside)->pid();
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(own == pid);
  CHECK(other == pid);
  CHECK(answers(**serving));
}

TEST_CASE("what keeps a private Postgres from starting is said clearly") {
  temporary_directory dir;
  SECTION("a socket path that is too long") {
    auto refused = start(dir.path() / std::string(100, 'x'));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail.find("107") != std::string::npos);
  }
  SECTION("data of another major version") {
    REQUIRE(start(dir.path()));
    std::ofstream{dir.path() / "postgres" / "data" / "PG_VERSION"} << "9\n";
    auto refused = start(dir.path());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::conflict);
    CHECK(refused.error().detail.find("made by Postgres version 9") != std::string::npos);
  }
  SECTION("something else where the data should be") {
    REQUIRE(start(dir.path()));
    std::filesystem::remove(dir.path() / "postgres" / "data" / "PG_VERSION");
    auto refused = start(dir.path());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail.find("not a Postgres data directory") != std::string::npos);
  }
  SECTION("no binaries") {
    auto none = find_binaries(dir.path());
    REQUIRE_FALSE(none);
    CHECK(none.error().detail.find("DATABASE_URL") != std::string::npos);
  }
  SECTION("as root: a directory that the postgres user cannot reach, or that belongs to another") {
    if (::geteuid() != 0)
      return;
    auto closed = dir.path() / "closed";
    std::filesystem::create_directory(closed);
    ::chmod(closed.c_str(), 0700);
    auto unreachable = start(closed / "data");
    REQUIRE_FALSE(unreachable);
    CHECK(unreachable.error().detail.find("may not enter " + closed.string()) != std::string::npos);
    std::filesystem::create_directory(dir.path() / "postgres");
    REQUIRE(::chown((dir.path() / "postgres").c_str(), 12345, 12345) == 0);
    auto foreign = start(dir.path());
    REQUIRE_FALSE(foreign);
    CHECK(foreign.error().detail.find("12345") != std::string::npos);
  }
}

TEST_CASE("a user id without a passwd entry is refused with a clear error") {
  if (::geteuid() != 0)
    return;
  int tell[2];
  REQUIRE(::pipe(tell) == 0);
  auto child = ::fork();
  if (child == 0) {
    bool refused = ::setuid(54321) == 0 && !find_user() && find_user().error().code == errc::invalid;
    auto sent = ::write(tell[1], refused ? "y" : "n", 1);
    ::_exit(sent == 1 ? 0 : 1);
  }
  char said = '?';
  REQUIRE(::read(tell[0], &said, 1) == 1);
  ::waitpid(child, nullptr, 0);
  CHECK(said == 'y');
  ::close(tell[0]);
  ::close(tell[1]);
}

TEST_CASE("a connection string keeps what it says and gets what it leaves open") {
  auto uri = with_defaults("postgresql://me:p%27w@db1,db2/app?sslmode=verify-full");
  REQUIRE(uri);
  CHECK(uri->find("password='p\\'w'") != std::string::npos);
  CHECK(uri->find("sslmode='verify-full'") != std::string::npos);
  CHECK(uri->find("target_session_attrs='read-write'") != std::string::npos);
  CHECK(uri->find("connect_timeout='5'") != std::string::npos);
  auto one = with_defaults("host=db connect_timeout=9 application_name=mine");
  REQUIRE(one);
  CHECK(one->find("target_session_attrs") == std::string::npos);
  CHECK(one->find("connect_timeout='9'") != std::string::npos);
  CHECK(one->find("application_name='mine'") != std::string::npos);
  auto bad = with_defaults("postgresql://secret@[");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().detail.find("secret") == std::string::npos);
}
