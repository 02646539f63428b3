#include <algorithm>

#include <catch2/catch.hpp>

#include "storage/migrations/migrate.hpp"
#include "storage/postgres/connection.hpp"
#include "support/postgres_fixture.hpp"

using namespace gochron;
using namespace gochron::storage;

namespace {

const timestamp now{std::chrono::seconds{1767225600}};
const statement count_organizations{"count_organizations", "SELECT count(*), min(plan) FROM organizations"};
const statement table_exists{"table_exists", "SELECT to_regclass($1::text) IS NOT NULL"};

bool has_table(const std::string& conninfo, const char* name) {
  auto db = connection::open(conninfo);
  REQUIRE(db);
  params p;
  p << name;
  auto found = (*db)->run(table_exists, p);
  REQUIRE(found);
  bool exists = false;
  row_reader{*found, 0} >> exists;
  return exists;
}

} // namespace

TEST_CASE("a fresh database gets the whole schema and one self-hosted organisation") {
  auto conninfo = test::make_empty_database();
  auto report = migrate(conninfo, now);
  REQUIRE(report);
  CHECK(report->applied.size() == known_migrations().size());
  CHECK(report->version == known_migrations().back().number);
  CHECK_FALSE(report->organization.is_nil());
  auto db = connection::open(conninfo);
  auto found = (*db)->run(count_organizations);
  REQUIRE(found);
  std::int64_t count = 0;
  std::string plan;
  row_reader{*found, 0} >> count >> plan;
  CHECK(count == 1);
  CHECK(plan == "self_hosted");
}

TEST_CASE("migrating again changes nothing") {
  auto conninfo = test::make_empty_database();
  auto first = migrate(conninfo, now);
  auto second = migrate(conninfo, now + std::chrono::hours{1});
  REQUIRE(first);
  REQUIRE(second);
  CHECK(second->applied.empty());
  CHECK(second->organization == first->organization);
}

TEST_CASE("a dry run says what would be applied and touches nothing") {
  auto conninfo = test::make_empty_database();
  auto report = migrate(conninfo, now, true);
  REQUIRE(report);
  CHECK(report->version == 0);
  CHECK(report->applied.size() == known_migrations().size());
  CHECK_FALSE(has_table(conninfo, "schema_migrations"));
  CHECK_FALSE(has_table(conninfo, "monitors"));
}

TEST_CASE("a schema newer than the binary is refused") {
  auto conninfo = test::make_empty_database();
  std::vector<migration> newer(known_migrations().begin(), known_migrations().end());
  newer.push_back({9000, "from_the_future", "CREATE TABLE future (x int)", "f"});
  REQUIRE(migrate(conninfo, now, false, newer));
  auto refused = migrate(conninfo, now);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
  CHECK(refused.error().detail.find("9000_from_the_future") != std::string::npos);
}

TEST_CASE("a migration whose text changed after it was applied is refused") {
  auto conninfo = test::make_empty_database();
  REQUIRE(migrate(conninfo, now));
  std::vector<migration> changed(known_migrations().begin(), known_migrations().end());
  changed.front().checksum = "another";
  auto refused = migrate(conninfo, now, false, changed);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::conflict);
}

TEST_CASE("a migration that fails leaves nothing of itself, and the next attempt recovers") {
  auto conninfo = test::make_empty_database();
  std::vector<migration> known(known_migrations().begin(), known_migrations().end());
  known.push_back({9000, "broken", "CREATE TABLE half (x int); SELECT 1/0", "b"});
  REQUIRE_FALSE(migrate(conninfo, now, false, known));
  CHECK_FALSE(has_table(conninfo, "half"));
  CHECK(has_table(conninfo, "monitors"));
  known.back() = {9000, "mended", "CREATE TABLE half (x int)", "m"};
  REQUIRE(migrate(conninfo, now, false, known));
  CHECK(has_table(conninfo, "half"));
}

TEST_CASE("events that were there before the feed take the order of their times") {
  auto conninfo = test::make_empty_database();
  auto known = known_migrations();
  auto feed = std::ranges::find_if(known, [](const migration& m) { return m.slug == "event_order"; });
  REQUIRE(feed != known.end());
  REQUIRE(migrate(conninfo, now, false, {known.begin(), 5}));
  auto db = connection::open(conninfo);
  REQUIRE((*db)->execute(R"(
    INSERT INTO events SELECT gen_random_uuid(), o.id, 'channel.test', NULL, n, t, '{}'
    FROM organizations o, (VALUES (1, '2026-01-02'::timestamptz), (0, '2026-01-01'), (2, '2026-01-02')) x (n, t))"));
  REQUIRE(migrate(conninfo, now));
  static const statement check{"check", R"(
    SELECT count(DISTINCT position), bool_and(position >= extract(epoch FROM at) * 1000000),
      (SELECT sequence FROM events ORDER BY position LIMIT 1) FROM events)"};
  auto found = (*db)->run(check);
  REQUIRE(found);
  std::int64_t places = 0, first = -1;
  bool not_below = false;
  row_reader{*found, 0} >> places >> not_below >> first;
  CHECK(places == 3);
  CHECK(not_below);
  CHECK(first == 0);
}
