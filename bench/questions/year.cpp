#include <fmt/format.h>

#include "bench/harness/database.hpp"
#include "bench/harness/seed.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

// Every monitor was down for an hour each week, and one of them for a minute each hour.
constexpr const char* history = R"(
INSERT INTO status_changes (monitor_id, sequence, org_id, effective_at, decided_at, from_status, to_status, cause_code,
                            cause_message)
SELECT m.id, 2 * g.n + k.k, m.org_id, x.at, x.at, CASE k.k WHEN 0 THEN 'up' ELSE 'down' END,
  CASE k.k WHEN 0 THEN 'down' ELSE 'up' END, CASE k.k WHEN 0 THEN 'status_mismatch' ELSE 'none' END,
  CASE k.k WHEN 0 THEN 'The target answered 503.' ELSE '' END
FROM monitors m
CROSS JOIN LATERAL (SELECT CASE WHEN m.name = 'year-1' THEN 1 ELSE 168 END AS hours,
                           CASE WHEN m.name = 'year-1' THEN 1 ELSE 60 END AS minutes) p
CROSS JOIN LATERAL generate_series(1, 8760 / p.hours) g (n)
CROSS JOIN generate_series(0, 1) k (k)
CROSS JOIN LATERAL (SELECT date_trunc('hour', now()) - interval '365 days' + g.n * p.hours * interval '1 hour'
                           - interval '90 minutes' + k.k * p.minutes * interval '1 minute' AS at) x
WHERE m.name LIKE 'year-%')";

std::string iso(const database& db, const std::string& when) {
  return db.text("SELECT to_char((" + when + ") AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
}

load_result ask_often(const server& from, const std::vector<std::string>& paths, std::uint64_t count) {
  load_plan plan{.to = from.at(), .connections = 1, .count = count};
  plan.request = [&](std::uint64_t n) { return request_text("GET", paths[n % paths.size()], from.token()); };
  return run(plan);
}

std::vector<std::string> ids_of(const server& from) {
  std::vector<std::string> ids;
  auto page = from.must("GET", "/api/monitors?limit=100&sort=-name");
  for (auto& x : page["data"].GetArray())
    ids.push_back(x["id"].GetString());
  return ids;
}

} // namespace

void ask_year(const server_options& where, const year_options& what, report& out) {
  server engine{where};
  engine.must("POST", "/api/monitors",
              R"({"name":"year","type":"heartbeat","heartbeat":{"period_seconds":86400,"grace_seconds":86400}})");
  progress(fmt::format("{} monitors with a year of history: seeding", what.monitors));
  engine.stop();
  {
    database db{engine.data_dir()};
    multiply(db, {"year", what.monitors, 0});
    db.run(history);
    db.run("VACUUM ANALYZE status_changes");
    db.run("CHECKPOINT");
  }
  engine.start();
  database db{engine.data_dir()};
  auto query =
      fmt::format("/availability?from={}&to={}&bucket=hour", iso(db, "date_trunc('hour', now()) - interval '365 days'"),
                  iso(db, "date_trunc('hour', now())"));
  std::string flapping = engine.must("GET", "/api/monitors?limit=1&q=year-1&sort=name")["data"][0]["id"].GetString();
  std::vector<std::string> paths;
  for (auto& id : ids_of(engine))
    paths.push_back("/api/monitors/" + id + query);
  auto buckets = engine.must("GET", paths.front())["buckets"].Size();
  progress("asking");
  auto calm = ask_often(engine, paths, 200);
  auto busy = ask_often(engine, {"/api/monitors/" + flapping + query}, 50);
  auto row = [](const char* name, load_result& x) {
    return std::vector<std::string>{name,
                                    figure(static_cast<double>(x.done)),
                                    figure(static_cast<double>(x.failed)),
                                    figure(x.ms.median()),
                                    figure(x.ms.quantile(0.99)),
                                    figure(x.ms.max())};
  };
  table t{fmt::format("A year of availability by the hour, through the API, among {} monitors", what.monitors),
          {"monitor", "asked", "failed", "p50 ms", "p99 ms", "max ms"},
          {row("down once a week", calm), row("down once an hour", busy)},
          {fmt::format("{} buckets an answer, computed from {} status changes in all", buckets,
                       db.text("SELECT count(*) FROM status_changes"))}};
  out.add(std::move(t));
}

} // namespace gochron::bench
