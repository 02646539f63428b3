#include <array>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "bench/harness/database.hpp"
#include "bench/questions/questions.hpp"
#include "storage/housekeeping/housekeeping.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres_store.hpp"
#include "storage/result/partitions.hpp"

namespace gochron::bench {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// Stands still at the end of the day whose results are written.
struct set_clock final : wall_clock {
  timestamp t;
  timestamp now() const override { return t; }
};

constexpr timestamp the_day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

template <class T>
T must(tl::expected<T, storage::sql_error> x) {
  if (!x)
    throw std::runtime_error(x.error().message);
  return std::move(*x);
}

void must(const storage::sql_status& x) {
  if (!x)
    throw std::runtime_error(x.error().message);
}

class storage_bench {
public:
  storage_bench(const storage_options& what, report& out) : what_(what), out_(out) {
    if (!mkdtemp(home_.data()))
      throw std::runtime_error("no temporary folder");
    std::filesystem::permissions(home_, std::filesystem::perms{0755});
    auto started = storage::embedded_postgres::start({home_ + "/data", storage::embedded_role::serve, {}});
    if (!started)
      throw std::runtime_error(started.error().detail);
    postgres_ = std::move(*started);
    time_.t = the_day + 24h;
    open_store();
    db_ = std::make_unique<database>(database::at(postgres_->conninfo()));
    for (std::uint64_t i = 0; i < what_.monitors; ++i)
      ids_.push_back(monitor_id::make(the_day));
  }

  ~storage_bench() {
    store_.reset();
    db_.reset();
    postgres_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }

  void run() {
    write_a_day();
    auto fresh = sizes();
    roll_up();
    auto closed = close_day();
    sizes_table(fresh, closed);
    drop();
  }

private:
  void open_store() {
    storage::store_options options;
    options.conninfo = postgres_->conninfo();
    options.clock = &time_;
    options.engine = false;
    auto opened = storage::postgres_store::open(std::move(options));
    if (!opened)
      throw std::runtime_error(opened.error().detail);
    store_ = std::move(*opened);
  }

  // What a check of a healthy HTTP target leaves behind; one in a thousand failed.
  check_result result(std::uint64_t monitor, std::uint64_t round) const {
    auto noise = static_cast<int>((monitor * 2654435761U + round * 40503U) >> 7U & 0xffU);
    check_result x;
    x.monitor = ids_[monitor];
    x.org = store_->organization();
    x.round_at = x.scheduled_at = the_day + 1min * round + 1ms * (monitor * 60'000 / what_.monitors);
    x.lag = milliseconds{noise % 3};
    auto& o = x.outcome;
    o.started_at = x.scheduled_at + x.lag;
    o.verdict = verdict::up;
    o.reason = reason::none;
    o.timings.connect = milliseconds{1 + noise % 7};
    o.timings.first_byte = milliseconds{20 + noise / 4};
    o.timings.transfer = milliseconds{noise % 2};
    o.response_time = *o.timings.connect + *o.timings.first_byte + *o.timings.transfer;
    o.remote_ip = fmt::format("203.0.113.{}", monitor % 250 + 1);
    o.remote_port = 443;
    o.http = http_observation{200, "1.1", {}, {}};
    if ((monitor * what_.rounds + round) % 1000 == 999) {
      o.verdict = verdict::down;
      o.reason = reason::status_mismatch;
      o.message = "The target answered 503.";
      o.http->status = 503;
    }
    return x;
  }

  double making_costs() const {
    auto before = usage_of(getpid()).cpu_seconds;
    std::size_t sum = 0;
    for (std::uint64_t i = 0; i < 200'000; ++i)
      sum += result(i % what_.monitors, i / what_.monitors).outcome.remote_ip.size();
    return (usage_of(getpid()).cpu_seconds - before) / 200'000 + static_cast<double>(sum) * 0;
  }

  void write_a_day() {
    progress(fmt::format("{} results", what_.monitors * what_.rounds));
    auto making = making_costs();
    auto all = static_cast<double>(what_.monitors * what_.rounds);
    auto client = usage_of(getpid()).cpu_seconds;
    auto server = cpu_of_family(postgres_->pid());
    auto cost = cost_of(*db_, [&] {
      for (std::uint64_t round = 0; round < what_.rounds; ++round) {
        for (std::uint64_t i = 0; i < what_.monitors; ++i)
          store_->monitors().note(result(i, round));
        while (store_->stats().results_waiting > 60'000)
          std::this_thread::sleep_for(1ms);
      }
      if (!store_->flush(120s))
        throw std::runtime_error("the results were not written");
    });
    auto copied = static_cast<double>(store_->stats().results_copied);
    table t{
        "Results into Postgres, flat out, in order of time",
        {"results", "written", "results/s", "client us", "postgres us", "WAL bytes"},
        {{figure(all), figure(copied), figure(all / cost.seconds),
          figure(((usage_of(getpid()).cpu_seconds - client) / all - making) * 1e6),
          figure((cpu_of_family(postgres_->pid()) - server) / all * 1e6), figure(cost.wal_bytes / all)}},
        {fmt::format("{} monitors, a result a minute; client: queue, encoding and COPY, without the {} us of making "
                     "a result up",
                     what_.monitors, figure(making * 1e6)),
         "client and Postgres share the machine"}};
    out_.add(std::move(t));
  }

  std::array<double, 2> sizes() const {
    auto in = [&](const char* size) {
      return fmt::format("coalesce({0}(to_regclass('{1}')), 0) + coalesce({0}(to_regclass('{2}')), 0)", size,
                         storage::partition_name(storage::day_of(the_day)),
                         storage::partition_name(storage::day_of(the_day), storage::packed_results));
    };
    auto all = db_->numbers("SELECT " + in("pg_table_size") + ", " + in("pg_indexes_size"));
    return {all.at(0), all.at(1)};
  }

  void roll_up() {
    progress("rolling up");
    storage::housekeeping_options options;
    auto sql = must(storage::connection::open(with_defaults()));
    table t{"Roll-up of the day",
            {"grain", "buckets", "us/bucket", "WAL bytes/bucket", "bytes/bucket at rest", "us/result"},
            {},
            {}};
    auto results = static_cast<double>(what_.monitors * what_.rounds);
    auto server = cpu_of_family(postgres_->pid());
    db_->run("INSERT INTO rollup_watermarks SELECT g, '2026-03-02T00:00:00Z' FROM unnest(ARRAY['hour','day']) g");
    auto cost = cost_of(*db_, [&] {
      for (bool more = true; more;)
        more = must(storage::roll_up(*sql, time_.t + 65min, options.rollup));
    });
    for (const char* grain : {"hour", "day"}) {
      auto x = db_->numbers(
          fmt::format("SELECT count(*), pg_total_relation_size('result_rollups_{0}') FROM result_rollups_{0}", grain));
      auto hours = std::string_view{grain} == "hour";
      t.rows.push_back({grain, figure(x.at(0)), hours ? figure(cost.seconds / x.at(0) * 1e6) : "-",
                        hours ? figure(cost.wal_bytes / x.at(0)) : "-", figure(x.at(1) / x.at(0)),
                        hours ? figure(cost.seconds / results * 1e6) : "-"});
    }
    t.notes = {fmt::format("us and WAL: of both grains, by bucket of an hour; Postgres' CPU {} us a bucket",
                           figure((cpu_of_family(postgres_->pid()) - server) /
                                  db_->number("SELECT count(*) FROM result_rollups_hour") * 1e6))};
    out_.add(std::move(t));
  }

  std::string with_defaults() const {
    auto x = storage::with_defaults(postgres_->conninfo());
    if (!x)
      throw std::runtime_error(x.error().detail);
    return *x;
  }

  // What housekeeping does with a day that is over.
  std::array<double, 2> close_day() {
    progress("closing the day");
    auto sql = must(storage::connection::open(with_defaults()));
    storage::housekeeping_options options;
    options.retention.results = std::chrono::days{90};
    closing_ = cost_of(*db_, [&] { must(storage::run_once(*sql, time_.t + 36h, options)); });
    return sizes();
  }

  void sizes_table(const std::array<double, 2>& fresh, const std::array<double, 2>& closed) {
    auto all = static_cast<double>(what_.monitors * what_.rounds);
    auto row = [&](const char* name, const std::array<double, 2>& x) {
      return std::vector<std::string>{name, figure(x[0] / all), figure(x[1] / all), figure((x[0] + x[1]) / all)};
    };
    table t{"A result at rest",
            {"day", "table bytes", "index bytes", "all bytes"},
            {row("open", fresh), row("closed", closed)},
            {}};
    t.notes = {fmt::format("by result; closing the day: {} s, {} bytes of WAL a result", figure(closing_.seconds),
                           figure(closing_.wal_bytes / all))};
    out_.add(std::move(t));
  }

  void drop() {
    auto sql = must(storage::connection::open(with_defaults()));
    auto cost =
        cost_of(*db_, [&] { must(storage::drop_partition(*sql, storage::day_of(the_day), storage::packed_results)); });
    out_.add({"Retention of the day",
              {"results", "ms", "WAL bytes"},
              {{figure(static_cast<double>(what_.monitors * what_.rounds)), figure(cost.seconds * 1000),
                figure(cost.wal_bytes)}},
              {}});
  }

  const storage_options& what_;
  report& out_;
  set_clock time_;
  std::string home_ = (std::filesystem::temp_directory_path() / "gochron-bench-XXXXXX").string();
  std::unique_ptr<storage::embedded_postgres> postgres_;
  std::unique_ptr<storage::postgres_store> store_;
  std::unique_ptr<database> db_;
  std::vector<monitor_id> ids_;
  sql_cost closing_;
};

} // namespace

void ask_storage(const storage_options& what, report& out) {
  storage_bench{what, out}.run();
}

} // namespace gochron::bench
