#include "app/database.hpp"

#include <filesystem>

#include "storage/postgres/conninfo.hpp"

namespace gochron::app {

result<database> open_database(const configuration& c, storage::embedded_role role) {
  if (!c.database_url.empty()) {
    auto conninfo = storage::with_defaults(c.database_url);
    if (!conninfo)
      return fail(conninfo.error());
    return database{nullptr, c.database_url};
  }
  // Through links to the place itself: what lies on the way to a link is no concern of Postgres.
  std::error_code unknown;
  auto place = std::filesystem::weakly_canonical(c.data_dir, unknown);
  if (unknown)
    place = c.data_dir;
  auto embedded = storage::embedded_postgres::start({place, role, {}});
  if (!embedded)
    return fail(embedded.error());
  auto conninfo = (*embedded)->conninfo();
  return database{std::move(*embedded), std::move(conninfo)};
}

} // namespace gochron::app
