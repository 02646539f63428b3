#pragma once
#include <memory>
#include <string>

#include "app/configuration.hpp"
#include "storage/embedded_postgres.hpp"

namespace gochron::app {

/// Where the database is, and the private Postgres behind it unless DATABASE_URL names another.
struct database {
  std::unique_ptr<storage::embedded_postgres> embedded;
  std::string conninfo;
};

result<database> open_database(const configuration& c, storage::embedded_role role);

} // namespace gochron::app
