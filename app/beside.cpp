#include "app/beside.hpp"

namespace gochron::app {

result<store_beside> open_store(const configuration& c) {
  auto key = secret_key(c);
  if (!key)
    return fail(key.error());
  auto db = open_database(c, storage::embedded_role::attach);
  if (!db)
    return fail(db.error());
  store_beside x;
  x.db = std::move(*db);
  storage::store_options options;
  options.conninfo = x.db.conninfo;
  options.key = *key;
  options.clock = x.clock.get();
  options.engine = false;
  auto store = storage::postgres_store::open(std::move(options));
  if (!store)
    return fail(store.error());
  x.store = std::move(*store);
  return x;
}

int complain(const error& e) {
  complain(e.detail);
  for (auto& v : e.violations)
    std::fprintf(stderr, "  %s: %s\n", v.pointer.c_str(), v.detail.c_str());
  return 1;
}

} // namespace gochron::app
