#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "storage/embedded_postgres.hpp"

namespace gochron::bench {

/// A connection to the Postgres under a server of our own, for what the API has no words for: to seed many rows, to
/// count, to ask for sizes. Every call throws std::runtime_error with Postgres' message.
class database {
public:
  /// Beside the engine, or instead of it: starts the Postgres of `data_dir` where it does not run, and leaves it to
  /// the engine that comes meanwhile.
  explicit database(const std::string& data_dir);
  /// Another one, such as that of an embedded_postgres of our own.
  static database at(const std::string& conninfo);

  /// One or more statements.
  void run(const std::string& sql) const;
  /// The first column of the first row, as text; empty for no row and for null.
  std::string text(const std::string& sql) const;
  double number(const std::string& sql) const;
  /// Every column of the first row, as numbers; null counts as zero.
  std::vector<double> numbers(const std::string& sql) const;

private:
  struct closer {
    void operator()(PGconn* x) const { PQfinish(x); }
    void operator()(PGresult* x) const { PQclear(x); }
  };
  using answer = std::unique_ptr<PGresult, closer>;
  database() = default;
  void connect(const std::string& conninfo);
  answer ask(const std::string& sql) const;

  std::unique_ptr<storage::embedded_postgres> postgres_;
  std::unique_ptr<PGconn, closer> pq_;
};

/// What one statement cost.
struct sql_cost {
  double seconds = 0;
  double wal_bytes = 0;
};

/// Runs `f` and says what it cost the database behind `db`, on which nobody else may write meanwhile.
template <class F>
sql_cost cost_of(const database& db, F f) {
  auto wal = [&] { return db.number("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"); };
  auto before = wal();
  auto began = std::chrono::steady_clock::now();
  f();
  sql_cost x;
  x.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  x.wal_bytes = wal() - before;
  return x;
}

} // namespace gochron::bench
