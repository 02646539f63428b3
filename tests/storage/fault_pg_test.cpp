#include <csignal>

#include "cutting_proxy.hpp"
#include "storage/housekeeping/engine_run.hpp"
#include "storage/housekeeping/pulse.hpp"
#include "storage/migrations/migrate.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/writer.hpp"
#include "store_world.hpp"

using namespace gochron;
using namespace gochron::storage;
using test::cutting_proxy;
using test::store_world;
using namespace std::chrono_literals;

namespace {

const statement insert_named{"fault_insert", R"(
INSERT INTO organizations (id, name, plan, created_at) VALUES ($1, $2, 'free', $3) RETURNING id)"};

// Keyword form with the proxy's directory instead of the server's.
std::string through(const std::string& conninfo, const std::filesystem::path& directory) {
  auto from = conninfo.find("host='") + 6;
  auto to = conninfo.find('\'', from);
  return conninfo.substr(0, from) + directory.string() + conninfo.substr(to);
}

std::filesystem::path host_of(const std::string& conninfo) {
  auto from = conninfo.find("host='") + 6;
  return conninfo.substr(from, conninfo.find('\'', from) - from);
}

struct doubtful_world : store_world {
  test::temporary_directory directory;
  cutting_proxy proxy{directory.path(), host_of(conninfo)};
  writer_options behind;

  doubtful_world() {
    store->stop();
    behind.conninfo = through(conninfo, directory.path());
  }

  std::future<result<int>> insert(writer& w, const std::string& name, bool patient = false) {
    auto promise = std::make_shared<std::promise<result<int>>>();
    write_unit unit;
    unit.commands.push_back({&insert_named, params{} << org_id::make(clock.now()) << name << clock.now()});
    unit.patient = patient;
    unit.done = [promise](result<std::span<const rows>> x) {
      promise->set_value(x ? result<int>{(*x)[0].size()} : result<int>{fail(x.error())});
    };
    w.submit(std::move(unit));
    return promise->get_future();
  }

  std::int64_t count(const std::string& name) {
    return number("SELECT count(*) FROM organizations WHERE name = '" + name + "'");
  }
};

// A cluster of its own, to be killed.
struct mortal_world {
  test::temporary_directory directory;
  std::unique_ptr<embedded_postgres> postgres;
  system_wall_clock clock;

  mortal_world() {
    auto started = embedded_postgres::start({directory.path(), embedded_role::serve, {"shared_buffers=32MB"}});
    if (!started)
      throw std::runtime_error(started.error().detail);
    postgres = std::move(*started);
  }
};

} // namespace

TEST_CASE_METHOD(doubtful_world, "a commit whose answer is lost is found to be written, and is not repeated") {
  writer w{behind, clock};
  REQUIRE(insert(w, "warm").get());
  proxy.arm(cutting_proxy::cut::after_commit);
  CHECK(insert(w, "doubtful").get() == 1);
  CHECK(proxy.cuts() == 1);
  CHECK(w.stats().in_doubt == 1);
  CHECK(count("doubtful") == 1);
  CHECK(insert(w, "later").get() == 1); // and it recovers
  CHECK(count("later") == 1);
}

TEST_CASE_METHOD(doubtful_world, "a commit that never arrived is found to be missing, and is written once") {
  writer w{behind, clock};
  REQUIRE(insert(w, "warm").get());
  proxy.arm(cutting_proxy::cut::before_commit);
  CHECK(insert(w, "doubtful").get() == 1);
  CHECK(proxy.cuts() == 1);
  CHECK(count("doubtful") == 1);
  CHECK(insert(w, "later").get() == 1);
}

TEST_CASE_METHOD(doubtful_world, "a backend that is terminated between two writes costs nothing") {
  writer w{behind, clock};
  REQUIRE(insert(w, "before").get());
  auto killed = number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                       "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  CHECK(killed >= 1);
  CHECK(insert(w, "after").get() == 1);
  CHECK(count("after") == 1);
}

TEST_CASE_METHOD(doubtful_world, "while the database is away, an API write is given up and an engine's write waits") {
  behind.write_deadline = 300ms;
  auto hidden = directory.path() / "hidden";
  auto socket = directory.path() / ".s.PGSQL.5432";
  std::filesystem::rename(socket, hidden);
  writer w{behind, clock};
  auto engine = insert(w, "engine", true);
  auto api = insert(w, "api");
  auto given_up = api.get();
  REQUIRE_FALSE(given_up);
  CHECK(given_up.error().code == errc::unavailable);
  CHECK(given_up.error().retry_after.count() > 0);
  std::filesystem::rename(hidden, socket);
  CHECK(engine.get() == 1);
  CHECK(count("engine") == 1);
  CHECK(count("api") == 0);
}

TEST_CASE_METHOD(doubtful_world, "stop ends in time while the database is away, and says what was not written") {
  behind.stop_grace = 200ms;
  std::filesystem::remove(directory.path() / ".s.PGSQL.5432");
  writer w{behind, clock};
  auto lost = insert(w, "lost", true);
  w.stop();
  auto answer = lost.get();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::unavailable);
}

TEST_CASE_METHOD(doubtful_world, "a database that went away shows, and so does its return") {
  auto run = begin_run(*sql(), clock.now());
  REQUIRE(run);
  auto hidden = directory.path() / "hidden";
  auto socket = directory.path() / ".s.PGSQL.5432";
  pulse_options often;
  often.conninfo = behind.conninfo;
  often.interval = 10ms;
  pulse life{often, *run, clock};
  auto seen = [&](bool wanted) {
    for (int i = 0; i < 1000 && life.reachable() != wanted; ++i)
      std::this_thread::sleep_for(10ms);
    return life.reachable() == wanted;
  };
  CHECK(seen(true));
  std::filesystem::rename(socket, hidden);
  number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
         "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  CHECK(seen(false));
  std::filesystem::rename(hidden, socket);
  CHECK(seen(true));
  clock.advance(1h);
  life.stop();
  CHECK(number("SELECT count(*) FROM engine_runs WHERE last_seen = '2026-03-01T13:00:00Z'") == 1);
}

TEST_CASE_METHOD(doubtful_world, "a gap that was noticed while the database was away is written when it is back") {
  auto run = begin_run(*sql(), clock.now());
  REQUIRE(run);
  auto hidden = directory.path() / "hidden";
  auto socket = directory.path() / ".s.PGSQL.5432";
  std::filesystem::rename(socket, hidden);
  std::atomic<int> asked{0};
  auto now = clock.now();
  pulse_options often;
  often.conninfo = behind.conninfo;
  often.interval = 10ms;
  often.noticed_gaps = [&] {
    return asked++ ? std::vector<observation_gap>{} : std::vector<observation_gap>{{now - 2h, now - 1h}};
  };
  pulse life{often, *run, clock};
  for (int i = 0; i < 1000 && life.reachable(); ++i)
    std::this_thread::sleep_for(10ms);
  std::filesystem::rename(hidden, socket);
  for (int i = 0; i < 1000 && asked < 2; ++i)
    std::this_thread::sleep_for(10ms);
  life.stop();
  auto gaps = gaps_since(*sql(), now - 24h);
  REQUIRE(gaps);
  REQUIRE(gaps->size() == 1);
  CHECK(gaps->front().from == now - 2h);
  CHECK(gaps->front().to == now - 1h);
  CHECK(*last_seen(*sql()) == now);
}

TEST_CASE_METHOD(mortal_world, "Postgres is killed under load; it recovers, and nothing was lost or written twice") {
  auto conninfo = with_defaults(postgres->conninfo());
  REQUIRE(conninfo);
  REQUIRE(migrate(*conninfo, clock.now()));
  writer_options options;
  options.conninfo = *conninfo;
  options.linger = 1ms;
  writer w{options, clock};
  std::vector<std::future<result<int>>> answers;
  auto put = [&](int i) {
    auto promise = std::make_shared<std::promise<result<int>>>();
    write_unit unit;
    unit.commands.push_back(
        {&insert_named, params{} << org_id::make(clock.now()) << "n" + std::to_string(i) << clock.now()});
    unit.patient = true;
    unit.done = [promise](result<std::span<const rows>> x) {
      promise->set_value(x ? result<int>{1} : result<int>{fail(x.error())});
    };
    w.submit(std::move(unit));
    answers.push_back(promise->get_future());
  };
  for (int i = 0; i < 3000; ++i) {
    put(i);
    if (i == 500 || i == 2000) {
      answers[static_cast<std::size_t>(i) / 2].wait(); // some are written, many are not
      auto pid = postgres->pid();
      if (pid > 0)
        ::kill(pid, SIGKILL);
    }
  }
  for (auto& x : answers) {
    REQUIRE(x.wait_for(60s) == std::future_status::ready);
    CHECK(x.get());
  }
  auto db = connection::open(*conninfo);
  REQUIRE(db);
  const statement count{"count_all", "SELECT count(*), count(DISTINCT name) FROM organizations WHERE name LIKE 'n%'"};
  auto found = (*db)->run(count);
  REQUIRE(found);
  std::int64_t total = 0, distinct = 0;
  row_reader{*found, 0} >> total >> distinct;
  CHECK(total == 3000);
  CHECK(distinct == 3000);
}

TEST_CASE_METHOD(store_world, "results noted while connections break are there once") {
  auto m = monitor();
  REQUIRE(create(m));
  for (int i = 0; i < 500; ++i) {
    store->monitors().note(result_of(m.id, start + i * 1s, verdict::up));
    if (i % 100 == 50)
      number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
             "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }
  REQUIRE(store->flush(30s));
  CHECK(number("SELECT count(*) FROM check_results") == 500);
  CHECK(number("SELECT count(DISTINCT round_at) FROM check_results") == 500);
  CHECK(load(m.id)); // the read pool came back, too
}

TEST_CASE_METHOD(store_world, "beyond its bound the oldest results make room for the newest") {
  options.max_waiting_results = 100;
  open();
  auto db = sql();
  REQUIRE(db->execute("BEGIN; LOCK TABLE check_results IN ACCESS EXCLUSIVE MODE"));
  int kept = 0;
  for (int i = 0; i < 1000; ++i)
    kept += store->monitors().note(result_of(monitor_id::make(start), start + i * 1ms, verdict::up)) ? 1 : 0;
  CHECK(kept < 1000);
  REQUIRE(db->execute("COMMIT"));
  REQUIRE(store->flush(30s));
  auto stats = store->stats();
  CHECK(stats.results_dropped > 0);
  CHECK(stats.results_copied + stats.results_dropped == 1000);
  CHECK(number("SELECT count(*) FROM check_results WHERE round_at >= '2026-03-01T12:00:00.9Z'") == 100);
}
