#include "storage/postgres/connection.hpp"

#include <poll.h>

#include <fmt/format.h>

namespace gochron::storage {
namespace {

sql_error error_of(const PGresult* x) {
  auto field = [&](int code) {
    const char* text = PQresultErrorField(x, code);
    return std::string{text ? text : ""};
  };
  // Not the DETAIL: it quotes values, and a value may be a secret.
  auto state = field(PG_DIAG_SQLSTATE);
  if (state.empty())
    return make_sql_error("", PQresultErrorMessage(x));
  return make_sql_error(state, field(PG_DIAG_MESSAGE_PRIMARY) + ' ' + field(PG_DIAG_CONSTRAINT_NAME));
}

bool succeeded(const PGresult* x) {
  auto status = PQresultStatus(x);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

} // namespace

sql_result<std::unique_ptr<connection>> connection::open(const std::string& conninfo, session_options options) {
  std::unique_ptr<connection> x{new connection{PQconnectdb(conninfo.c_str()), options}};
  if (!x->alive())
    return sql_fail(x->broken());
  PQsetNoticeProcessor(
      x->pq_.get(), [](void*, const char*) {}, nullptr);
  PQsetnonblocking(x->pq_.get(), 1);
  auto settings = fmt::format("SET statement_timeout={}; SET lock_timeout={}; SET TimeZone='UTC'; SET jit=off; "
                              "SET idle_in_transaction_session_timeout=60000; SET client_encoding='UTF8'",
                              options.statement_timeout.count(), options.lock_timeout.count());
  if (options.by_keys)
    settings += "; SET enable_seqscan=off; SET enable_hashjoin=off; SET enable_mergejoin=off";
  if (options.of_run)
    settings += fmt::format("; SELECT pg_advisory_lock_shared({})", run_lock);
  if (auto set = x->execute(settings); !set)
    return sql_fail(set.error());
  return x;
}

sql_error connection::broken() const {
  return make_sql_error("", PQerrorMessage(pq_.get()));
}

sql_status connection::wait_for(short events) {
  pollfd p{PQsocket(pq_.get()), events, 0};
  auto ready = ::poll(&p, 1, static_cast<int>(options_.reply_timeout.count()));
  if (ready == 0)
    return sql_fail({remedy::reconnect, "", "the database did not answer in time"});
  if (ready > 0 && PQconsumeInput(pq_.get()) == 0)
    return sql_fail(broken());
  return {};
}

// Reads while it writes: with both directions full, each side would wait for the other.
sql_status connection::flush_and_wait() {
  for (;;) {
    auto pending = PQflush(pq_.get());
    if (pending < 0)
      return sql_fail(broken());
    if (pending == 0 && PQisBusy(pq_.get()) == 0)
      return {};
    if (auto waited = wait_for(static_cast<short>(pending > 0 ? POLLIN | POLLOUT : POLLIN)); !waited)
      return waited;
  }
}

sql_result<rows> connection::last_result() {
  rows last;
  std::optional<sql_error> failure;
  for (;;) {
    if (auto waited = flush_and_wait(); !waited)
      return sql_fail(waited.error());
    auto* x = PQgetResult(pq_.get());
    if (!x)
      break;
    rows held{x};
    auto status = PQresultStatus(x);
    if (status == PGRES_COPY_IN)
      return held;
    if (!succeeded(x) && !failure)
      failure = error_of(x);
    last = held;
  }
  if (failure)
    return sql_fail(*failure);
  return last;
}

sql_status connection::prepare(const statement& what) {
  if (prepared_.contains(what.name))
    return {};
  if (PQsendPrepare(pq_.get(), what.name, what.sql.c_str(), 0, nullptr) == 0)
    return sql_fail(broken());
  if (auto done = last_result(); !done)
    return sql_fail(done.error());
  prepared_.insert(what.name);
  return {};
}

sql_result<rows> connection::run(const statement& what, const params& values) {
  if (auto ready = prepare(what); !ready)
    return sql_fail(ready.error());
  auto v = values.as_view();
  if (PQsendQueryPrepared(pq_.get(), what.name, values.count(), v.values.data(), v.lengths.data(), v.formats.data(),
                          1) == 0)
    return sql_fail(broken());
  return last_result();
}

sql_result<rows> connection::execute(const std::string& sql) {
  if (PQsendQuery(pq_.get(), sql.c_str()) == 0)
    return sql_fail(broken());
  return last_result();
}

tl::expected<std::vector<rows>, pipeline_failure> connection::pipeline_results(std::size_t count) {
  std::vector<rows> answers;
  std::optional<pipeline_failure> failure;
  for (;;) {
    if (auto waited = flush_and_wait(); !waited)
      return tl::unexpected(pipeline_failure{waited.error(), count});
    auto* x = PQgetResult(pq_.get());
    if (!x) { // between two commands, or nothing is left because the connection is
      if (!alive())
        return tl::unexpected(failure.value_or(pipeline_failure{broken(), count}));
      continue;
    }
    rows held{x};
    auto status = PQresultStatus(x);
    if (status == PGRES_PIPELINE_SYNC)
      break;
    if (!failure && !succeeded(x))
      failure = pipeline_failure{error_of(x), answers.size()};
    answers.push_back(held);
  }
  PQexitPipelineMode(pq_.get());
  if (failure)
    return tl::unexpected(*failure);
  return answers;
}

tl::expected<std::vector<rows>, pipeline_failure> connection::pipeline(std::span<const command> commands) {
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (auto ready = prepare(*commands[i].what); !ready)
      return tl::unexpected(pipeline_failure{ready.error(), i});
  if (PQenterPipelineMode(pq_.get()) == 0)
    return tl::unexpected(pipeline_failure{broken(), commands.size()});
  for (const auto& x : commands) {
    auto v = x.values.as_view();
    if (PQsendQueryPrepared(pq_.get(), x.what->name, x.values.count(), v.values.data(), v.lengths.data(),
                            v.formats.data(), 1) == 0)
      return tl::unexpected(pipeline_failure{broken(), commands.size()});
  }
  if (PQpipelineSync(pq_.get()) == 0)
    return tl::unexpected(pipeline_failure{broken(), commands.size()});
  return pipeline_results(commands.size());
}

sql_result<rows> connection::copy_in(const char* sql, std::string_view data) {
  if (auto begun = execute(sql); !begun)
    return begun;
  constexpr std::size_t piece = 65536;
  while (!data.empty()) {
    auto n = std::min(piece, data.size());
    auto put = PQputCopyData(pq_.get(), data.data(), static_cast<int>(n));
    if (put < 0)
      return sql_fail(broken());
    if (put == 1)
      data.remove_prefix(n);
    else if (auto waited = wait_for(POLLIN | POLLOUT); !waited)
      return sql_fail(waited.error());
  }
  int ended = 0;
  while ((ended = PQputCopyEnd(pq_.get(), nullptr)) == 0)
    if (auto waited = wait_for(POLLIN | POLLOUT); !waited)
      return sql_fail(waited.error());
  if (ended < 0)
    return sql_fail(broken());
  return last_result();
}

} // namespace gochron::storage
