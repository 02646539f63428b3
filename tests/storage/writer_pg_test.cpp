#include <future>

#include <catch2/catch.hpp>

#include "storage/postgres/writer.hpp"
#include "support/postgres_fixture.hpp"

using namespace gochron;
using namespace gochron::storage;

namespace {

const statement insert_organization{"test_insert", R"(
INSERT INTO organizations (id, name, plan, created_at) VALUES ($1, $2, $3, $4) RETURNING id)"};
const statement count_named{"test_count", "SELECT count(*) FROM organizations WHERE name = $1"};
const statement sleep_for{"test_sleep", "SELECT pg_sleep($1::float8)::text"};

const statement insert_many{"test_insert_many",
                            R"(
WITH x AS (
  SELECT n, d FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY t (d, n)),
made AS (
  INSERT INTO organizations (id, name, plan, created_at)
  SELECT (d->>'id')::uuid, d->>'name', 'free', '2026-03-01' FROM x
  ON CONFLICT (id) DO UPDATE SET name = excluded.name)
SELECT d->>'name' FROM x ORDER BY n)",
                            true};
const statement rename_one{"test_rename", "UPDATE organizations SET name = $2 WHERE id = $1 RETURNING name"};

using answer = std::future<result<int>>;

struct world : test::postgres_fixture {
  system_wall_clock clock;
  writer_options options;
  world() { options.conninfo = conninfo; }

  static command insert(const std::string& name, org_id id = org_id::make(timestamp{})) {
    params p;
    p << id << name << "free" << timestamp{};
    return {&insert_organization, p};
  }

  static answer submit(writer& w, std::vector<command> commands, bool patient = false) {
    auto promise = std::make_shared<std::promise<result<int>>>();
    auto future = promise->get_future();
    w.submit({.commands = std::move(commands),
              .done =
                  [promise](result<std::span<const rows>> x) {
                    if (x)
                      promise->set_value(x->empty() ? 0 : (*x)[0].size());
                    else
                      promise->set_value(fail(x.error()));
                  },
              .patient = patient});
    return future;
  }

  static command insert_of_many(const std::string& name, org_id id) {
    return {&insert_many, params{} << "[{\"id\":\"" + to_string(id.value) + "\",\"name\":\"" + name + "\"}]"};
  }

  // The name in the first row of the answer to the unit's only command.
  static std::future<std::string> submit_of(writer& w, org_id entity, command x) {
    auto promise = std::make_shared<std::promise<std::string>>();
    auto future = promise->get_future();
    write_unit unit;
    unit.commands.push_back(std::move(x));
    unit.entity = entity.value;
    unit.done = [promise](result<std::span<const rows>> answers) {
      std::string name = answers ? "" : answers.error().detail;
      if (answers && (*answers)[0].size() == 1)
        row_reader{(*answers)[0], 0} >> name;
      promise->set_value(name);
    };
    w.submit(std::move(unit));
    return future;
  }

  std::int64_t count(const std::string& name) const {
    auto db = connection::open(conninfo);
    REQUIRE(db);
    params p;
    p << name;
    auto found = (*db)->run(count_named, p);
    REQUIRE(found);
    std::int64_t n = 0;
    row_reader{*found, 0} >> n;
    return n;
  }
};

} // namespace

TEST_CASE_METHOD(world, "who writes alone waits for nobody") {
  options.linger = std::chrono::hours{1};
  writer w{options, clock};
  for (int i = 0; i < 3; ++i)
    CHECK(submit(w, {insert("alone")}).get() == 1);
  CHECK(w.stats().batches == 3);
}

TEST_CASE_METHOD(world, "units are answered after one common commit") {
  writer w{options, clock};
  auto busy = submit(w, {{&sleep_for, params{} << "1"}}); // all others are submitted meanwhile, on any machine
  std::vector<answer> answers;
  for (int i = 0; i < 100; ++i)
    answers.push_back(submit(w, {insert("together")}));
  for (auto& x : answers)
    CHECK(x.get() == 1);
  CHECK(count("together") == 100);
  CHECK(w.stats().batches <= 2); // the busy one may have come along
}

TEST_CASE_METHOD(world, "a refused unit leaves no partial effect and does not fail its neighbours") {
  writer w{options, clock};
  auto busy = submit(w, {{&sleep_for, params{} << "0.2"}});
  auto id = org_id::make(clock.now());
  auto before = submit(w, {insert("good", id)});
  auto guilty = submit(w, {insert("half"), insert("again", id)});
  auto broken = submit(w, {{&sleep_for, params{} << "not a number"}});
  auto after = submit(w, {insert("good")});
  CHECK(before.get());
  CHECK(after.get());
  auto refused = guilty.get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
  auto invalid = broken.get();
  REQUIRE_FALSE(invalid);
  CHECK(invalid.error().code == errc::invalid);
  CHECK(count("good") == 2);
  CHECK(count("half") == 0);
}

TEST_CASE_METHOD(world, "units of one statement run as one of it, and each gets its own row") {
  writer w{options, clock};
  auto busy = submit(w, {{&sleep_for, params{} << "1"}}); // all others are submitted meanwhile, on any machine
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 50; ++i) {
    auto id = org_id::make(clock.now());
    answers.push_back(submit_of(w, id, insert_of_many("many " + std::to_string(i), id)));
  }
  for (std::size_t i = 0; i < answers.size(); ++i)
    CHECK(answers[i].get() == "many " + std::to_string(i));
  CHECK(count("many 49") == 1);
  CHECK(w.stats().batches <= 2); // the busy one may have come along
}

TEST_CASE_METHOD(world, "folding never changes the order of one entity's writes") {
  writer w{options, clock};
  auto busy = submit(w, {{&sleep_for, params{} << "1"}}); // all others are submitted meanwhile, on any machine
  auto a = org_id::make(clock.now()), b = org_id::make(clock.now());
  std::vector<std::future<std::string>> answers;
  answers.push_back(submit_of(w, a, insert_of_many("first", a)));
  answers.push_back(submit_of(w, b, insert_of_many("other", b)));
  answers.push_back(submit_of(w, a, {&rename_one, params{} << a << "second"}));
  answers.push_back(submit_of(w, a, insert_of_many("third", a)));
  answers.push_back(submit_of(w, a, insert_of_many("fourth", a)));
  answers.push_back(submit_of(w, b, {&rename_one, params{} << b << "last"}));
  const char* names[] = {"first", "other", "second", "third", "fourth", "last"};
  for (std::size_t i = 0; i < answers.size(); ++i)
    CHECK(answers[i].get() == names[i]);
  CHECK(count("fourth") == 1);
  CHECK(count("last") == 1);
  CHECK(w.stats().batches <= 2); // the busy one may have come along
}

TEST_CASE_METHOD(world, "of units that were folded only the guilty one is refused") {
  writer w{options, clock};
  auto busy = submit(w, {{&sleep_for, params{} << "1"}}); // all others are submitted meanwhile, on any machine
  auto a = org_id::make(clock.now()), b = org_id::make(clock.now()), c = org_id::make(clock.now());
  auto good = submit_of(w, a, insert_of_many("good", a));
  auto bad = submit_of(w, b, {&insert_many, params{} << R"([{"id":"no uuid","name":"bad"}])"});
  auto too = submit_of(w, c, insert_of_many("good", c));
  CHECK(good.get() == "good");
  CHECK(bad.get() != "bad");
  CHECK(too.get() == "good");
  CHECK(count("good") == 2);
}

TEST_CASE_METHOD(world, "a full queue answers busy at once") {
  options.max_units = 1;
  options.linger = std::chrono::milliseconds{0};
  writer w{options, clock};
  std::vector<answer> answers;
  answers.push_back(submit(w, {{&sleep_for, params{} << "0.5"}}));
  int busy = 0;
  for (int i = 0; i < 50; ++i) {
    auto x = submit(w, {insert("queued")});
    if (x.wait_for(std::chrono::seconds{0}) == std::future_status::ready) {
      auto refused = x.get();
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == errc::busy);
      CHECK(refused.error().retry_after.count() > 0);
      ++busy;
    } else {
      answers.push_back(std::move(x));
    }
  }
  CHECK(busy >= 48);
  for (auto& x : answers)
    CHECK(x.get());
}

TEST_CASE_METHOD(world, "stop writes what is queued") {
  auto w = std::make_unique<writer>(options, clock);
  std::vector<answer> answers;
  for (int i = 0; i < 2500; ++i)
    answers.push_back(submit(*w, {insert("late")}));
  w->stop();
  for (auto& x : answers)
    CHECK(x.get());
  CHECK(count("late") == 2500);
}
