#include "app/database.hpp"

#include "storage/postgres/conninfo.hpp"

namespace gochron::app {

result<database> open_database(const configuration& c, storage::embedded_role role) {
  if (!c.database_url.empty()) {
    auto conninfo = storage::with_defaults(c.database_url);
    if (!conninfo)
      return fail(conninfo.error());
    return database{nullptr, c.database_url};
  }
  auto embedded = storage::embedded_postgres::start({c.data_dir, role, {}});
  if (!embedded)
    return fail(embedded.error());
  auto conninfo = (*embedded)->conninfo();
  return database{std::move(*embedded), std::move(conninfo)};
}

} // namespace gochron::app
