#include "bench/harness/database.hpp"

#include <cstdlib>
#include <stdexcept>

namespace gochron::bench {
namespace {

std::unique_ptr<storage::embedded_postgres> attach(const std::string& data_dir) {
  auto started = storage::embedded_postgres::start({data_dir, storage::embedded_role::attach, {}});
  if (!started)
    throw std::runtime_error(started.error().detail);
  return std::move(*started);
}

} // namespace

database::database(const std::string& data_dir) : postgres_(attach(data_dir)) {
  connect(postgres_->conninfo());
}

database database::at(const std::string& conninfo) {
  database x;
  x.connect(conninfo);
  return x;
}

void database::connect(const std::string& conninfo) {
  pq_.reset(PQconnectdb(conninfo.c_str()));
  if (PQstatus(pq_.get()) != CONNECTION_OK)
    throw std::runtime_error(PQerrorMessage(pq_.get()));
}

database::answer database::ask(const std::string& sql) const {
  answer x{PQexec(pq_.get(), sql.c_str())};
  auto status = PQresultStatus(x.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(pq_.get()) + sql);
  return x;
}

void database::run(const std::string& sql) const {
  ask(sql);
}

std::string database::text(const std::string& sql) const {
  auto x = ask(sql);
  return PQntuples(x.get()) == 0 ? std::string{} : PQgetvalue(x.get(), 0, 0);
}

double database::number(const std::string& sql) const {
  return std::strtod(text(sql).c_str(), nullptr);
}

std::vector<double> database::numbers(const std::string& sql) const {
  auto x = ask(sql);
  std::vector<double> row;
  for (int i = 0; PQntuples(x.get()) > 0 && i < PQnfields(x.get()); ++i)
    row.push_back(std::strtod(PQgetvalue(x.get(), 0, i), nullptr));
  return row;
}

} // namespace gochron::bench
