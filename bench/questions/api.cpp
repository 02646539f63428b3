#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "bench/harness/ladder.hpp"
#include "bench/peers/tools.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

constexpr const char* collection = "/api/monitors";

/// n of a fleet that looks like one: names, addresses and tags that searches find many or few of.
std::string monitor(std::uint64_t n) {
  constexpr const char* teams[] = {"web", "shop", "search", "billing", "data", "mobile", "ads"};
  constexpr const char* places[] = {"eu-west", "eu-north", "us-east", "us-west", "ap-south"};
  return fmt::format(
      R"({{"name":"{0} service {1} {2}","type":"http","paused":true,"tags":["env:{3}","team:{0}","rack:{4}"],)"
      R"("description":"Front end {1} of the {0} team in {2}.","interval_seconds":60,"timeout_ms":5000,)"
      R"("http":{{"url":"https://{0}-{1}.{2}.example.com/health?deep=1","required_keyword":"ok"}}}})",
      teams[n % 7], n, places[n % 5], n % 3 == 0 ? "prod" : "test", n / 20);
}

/// One kind of write beside pgbench's inserts.
struct against_inserts {
  samples ours, theirs, ratio, engine, postgres, their_postgres;

  void note(const route_cost& x, const insert_cost& inserts) {
    ours.add(x.load.rate());
    theirs.add(inserts.rate);
    ratio.add(x.load.rate() / inserts.rate);
    engine.add(x.engine_us);
    postgres.add(x.postgres_us);
    their_postgres.add(inserts.postgres_us);
  }
};

class api_bench {
public:
  api_bench(const server_options& where, const question_options& how, report& out)
    : how_(how), out_(out), server_(where) {}

  void run() {
    progress(fmt::format("making {} monitors", how_.monitors));
    ids_ = server_.create(collection, how_.monitors, monitor);
    collect_cursors();
    std::ranges::shuffle(ids_, random_);
    reads();
    writes();
    if (!server_.own())
      server_.remove_all(collection, ids_);
  }

private:
  std::string ask(const char* method, std::string path, const std::string& body = {}) const {
    return request_text(method, path, server_.token(), body);
  }

  // Pages from all over the list, not only the first.
  void collect_cursors() {
    std::string path = fmt::format("{}?limit=200", collection);
    for (std::uint64_t n = 0; n < how_.monitors / 200; ++n) {
      auto page = server_.must("GET", path);
      if (page["next_cursor"].IsNull())
        break;
      cursors_.push_back(page["next_cursor"].GetString());
      path = fmt::format("{}?limit=200&cursor={}", collection, cursors_.back());
    }
    std::ranges::shuffle(cursors_, random_);
  }

  route constant() const {
    return {"GET /healthz", [](std::uint64_t) { return request_text("GET", "/healthz", {}); }};
  }

  route query(std::string name, std::function<std::string(std::uint64_t)> query) const {
    return {std::move(name),
            [this, query](std::uint64_t n) { return ask("GET", fmt::format("{}?limit=50&{}", collection, query(n))); }};
  }

  // Fifty from all over the fleet.
  std::string some_ids(std::uint64_t n) const {
    std::string text;
    for (std::uint64_t i = 0; i < std::min<std::size_t>(50, ids_.size()); ++i)
      (text += i == 0 ? "" : ",") += ids_[(n * 50 + i) % ids_.size()];
    return text;
  }

  std::vector<route> read_routes() const {
    return {
        constant(),
        {"get one",
         [this](std::uint64_t n) { return ask("GET", fmt::format("{}/{}", collection, ids_[n % ids_.size()])); }},
        query("list 50", [this](auto n) { return cursors_.empty() ? "" : "cursor=" + cursors_[n % cursors_.size()]; }),
        query("list 50 by name", [](auto) { return "sort=name"; }),
        query("tag of 20", [this](auto n) { return fmt::format("tags=rack:{}", n * 7919 % (how_.monitors / 20)); }),
        query("tag of 1/7", [](auto) { return "tags=team:billing"; }),
        query("q, 1 hit", [this](auto n) { return fmt::format("q=service%20{}%20", n * 7919 % how_.monitors); }),
        query("q, 1/5 hit", [](auto) { return "q=EU-West"; }),
        query("q, none", [](auto n) { return fmt::format("q=nothing%20{}", n); }),
        query("ids, 50", [this](auto n) { return "ids=" + some_ids(n); }),
    };
  }

  void reads() {
    auto routes = read_routes();
    std::vector<rung> rungs;
    // A search that the server answers by reading the whole fleet would take all of the time: fewer turns for those.
    for (auto [first, last, turns] : {std::tuple{1, 3, how_.turns()}, {3, 10, 1}}) {
      std::vector<route> some{routes.front()};
      some.insert(some.end(), routes.begin() + first, routes.begin() + last);
      auto more = climb(server_, some, {.seconds = how_.rung_seconds(), .repeats = turns});
      auto skip = rungs.empty() ? more.begin() : std::ranges::find(more, some[1].name, &rung::name);
      rungs.insert(rungs.end(), skip, more.end());
    }
    auto half = at_half_load(server_, routes[1], rungs, how_.seconds);
    auto t = table_of(fmt::format("Reads at {} monitors", how_.monitors), rungs);
    t.rows.push_back({"get one, half load", "64", figure(half.load.rate()), "", figure(half.load.ms.median()),
                      figure(half.load.ms.quantile(.99)), figure(half.engine_us), figure(half.postgres_us),
                      figure(half.client_share), std::to_string(half.load.failed + half.load.lost)});
    out_.add(std::move(t));
  }

  std::vector<route> write_routes() {
    return {
        constant(),
        {"create", [this](std::uint64_t n) { return ask("POST", collection, monitor(how_.monitors + n)); }},
        {"patch",
         [this](std::uint64_t n) {
           return ask("PATCH", fmt::format("{}/{}", collection, ids_[n % ids_.size()]),
                      fmt::format(R"({{"description":"Changed for the {}th time."}})", n));
         }},
    };
  }

  void writes() {
    auto rungs = climb(server_, write_routes(), {.seconds = how_.rung_seconds(), .repeats = how_.turns()});
    out_.add(table_of("Durable writes: answered after COMMIT", rungs));
    compare_bulks();
    if (server_.own() && is_installed("pgbench"))
      compare_with_pgbench();
  }

  std::string bulk(std::uint64_t first, std::uint64_t items, bool atomic) const {
    auto body = fmt::format(R"({{"atomic":{},"operations":[)", atomic);
    for (std::uint64_t i = 0; i < items; ++i)
      body += fmt::format(R"({}{{"method":"create","body":{}}})", i == 0 ? "" : ",", monitor(first + i));
    return body + "]}";
  }

  void compare_bulks() {
    table t{
        "Creates one by one and in bulk: items that are durable a second",
        {"connections", "request", "items/s", "p50 ms", "p99 ms", "engine us an item", "postgres us an item", "lost"},
        {},
        {}};
    std::uint64_t next = 10'000'000;
    for (int connections : {1, 4, 16})
      for (auto [name, items, atomic] : {std::tuple{"create", 1, false},
                                         {"bulk of 100", 100, false},
                                         {"bulk of 100, atomic", 100, true},
                                         {"bulk of 1000", 1000, false}}) {
        load_plan plan{.to = server_.at(), .connections = connections, .seconds = how_.rung_seconds()};
        auto count = static_cast<std::uint64_t>(items);
        plan.request = [&, count, each = atomic](std::uint64_t) {
          auto first = std::exchange(next, next + count);
          return count == 1 ? ask("POST", collection, monitor(first))
                            : ask("POST", fmt::format("{}/bulk", collection), bulk(first, count, each));
        };
        auto x = measure(server_, plan);
        t.rows.push_back({std::to_string(connections), name, figure(x.load.rate() * items), figure(x.load.ms.median()),
                          figure(x.load.ms.quantile(.99)), figure(x.engine_us / items), figure(x.postgres_us / items),
                          std::to_string(x.load.failed + x.load.lost)});
      }
    t.notes = {"an item here: a validated monitor, its row, its state row, its audit entry, and its live actor"};
    out_.add(std::move(t));
  }

  void compare_with_pgbench() {
    insert_bench floor{server_};
    auto routes = write_routes();
    table t{"Durable writes against pgbench (one row inserted a transaction) on the same Postgres, interleaved",
            {"connections", "request", "requests/s", "pgbench/s", "ratio", "engine us", "postgres us",
             "pgbench: postgres us"},
            {},
            {}};
    std::uint64_t next = 1'000'000;
    for (int connections : {1, 4, 16, 32}) {
      std::array<against_inserts, 2> rows;
      for (int i = 0; i < how_.turns(); ++i) {
        progress(fmt::format("pgbench, {} connections", connections));
        auto inserts = floor.run(connections, how_.rung_seconds());
        for (std::size_t r = 0; r < rows.size(); ++r) {
          load_plan plan{.to = server_.at(), .connections = connections, .seconds = how_.rung_seconds()};
          plan.request = [&](std::uint64_t) { return routes[r + 1].request(next++); };
          rows[r].note(measure(server_, plan), inserts);
        }
      }
      for (std::size_t r = 0; r < rows.size(); ++r) {
        auto& x = rows[r];
        t.rows.push_back({std::to_string(connections), routes[r + 1].name, figure(x.ours.median()),
                          figure(x.theirs.median()), figure(x.ratio.median()), figure(x.engine.median()),
                          figure(x.postgres.median()), figure(x.their_postgres.median())});
      }
    }
    t.notes = {
        "pgbench has a backend a connection, of which this Postgres allows 50; ours share a writer, which commits "
        "in groups",
        "a create here: authentication, validation, a live actor, the monitor and its state row"};
    out_.add(std::move(t));
  }

  const question_options& how_;
  report& out_;
  server server_;
  std::mt19937_64 random_{1};
  std::vector<std::string> ids_, cursors_;
};

} // namespace

void ask_api(const server_options& where, const question_options& how, report& out) {
  api_bench{where, how, out}.run();
}

} // namespace gochron::bench
