#pragma once
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <libpq-fe.h>

#include "storage/postgres/params.hpp"
#include "storage/postgres/rows.hpp"
#include "storage/postgres/sql_error.hpp"

namespace gochron::storage {

/// SQL with a name: the prepared statement, the metric and the log share it. A constant above its only user.
struct statement {
  const char* name;
  std::string sql;
  /// Its one parameter is a JSON array of documents, and it answers one row for each, in their order: the writer runs
  /// it once for many units (see folding.hpp).
  bool of_many = false;
};

struct command {
  const statement* what = nullptr; ///< lives as long as the process
  params values;
};

struct session_options {
  std::chrono::milliseconds statement_timeout{30000};
  std::chrono::milliseconds lock_timeout{10000};
  std::chrono::milliseconds reply_timeout{40000}; ///< on our side, for a server that went silent
  bool by_keys = false; ///< plans that read whole tables are out of the question, whatever the planner takes for few
  bool of_run = false;  ///< writes what the engine is; ended by the next start, see end_earlier_runs()
};

/// The advisory lock that sessions with `of_run` share.
constexpr int run_lock = 7462003;

/// What a pipeline did before it failed.
struct pipeline_failure {
  sql_error error;
  std::size_t at = 0; ///< the command to blame; the number of commands when the connection broke
};

/// One connection to Postgres. Not thread-safe; owned by one thread. Statements are prepared by name on first use, so
/// after a reconnect (a new object) they are prepared again by themselves.
class connection {
public:
  /// Blocks at most `connect_timeout` a host. `conninfo` as completed by with_defaults().
  static sql_result<std::unique_ptr<connection>> open(const std::string& conninfo, session_options options = {});

  /// One prepared statement.
  sql_result<rows> run(const statement& what, const params& values = {});

  /// Plain SQL without parameters, several statements allowed; for migrations and sessions. The last result.
  sql_result<rows> execute(const std::string& sql);

  /// All commands in one round trip. After a failure the rest was skipped; an open transaction is to be rolled back.
  tl::expected<std::vector<rows>, pipeline_failure> pipeline(std::span<const command> commands);

  /// `COPY ... FROM STDIN` of `data` whole. The number of rows is in the command tag.
  sql_result<rows> copy_in(const char* sql, std::string_view data);

  bool alive() const { return PQstatus(pq_.get()) == CONNECTION_OK; }
  int backend_pid() const { return PQbackendPID(pq_.get()); }

private:
  struct closer {
    void operator()(PGconn* x) const { PQfinish(x); }
  };
  connection(PGconn* owned, session_options options) : pq_(owned), options_(options) {}

  sql_status prepare(const statement& what);
  sql_status flush_and_wait();
  sql_result<rows> last_result();
  tl::expected<std::vector<rows>, pipeline_failure> pipeline_results(std::size_t count);
  sql_status wait_for(short events);
  sql_error broken() const;

  std::unique_ptr<PGconn, closer> pq_;
  session_options options_;
  std::unordered_set<std::string_view> prepared_;
};

} // namespace gochron::storage
