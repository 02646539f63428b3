#pragma once
#include <cstdio>
#include <future>
#include <memory>
#include <string>

#include "app/database.hpp"
#include "gochron/clock.hpp"
#include "gochron/reply.hpp"
#include "storage/postgres_store.hpp"

/// What the commands that run beside a server have in common.
namespace gochron::app {

/// A store without housekeeping, and the database that it is in.
struct store_beside {
  database db;
  std::unique_ptr<system_wall_clock> clock = std::make_unique<system_wall_clock>();
  std::unique_ptr<storage::postgres_store> store;
};
result<store_beside> open_store(const configuration& c);

/// On standard error; gives the exit code.
inline int complain(const std::string& why) {
  std::fprintf(stderr, "gochron: %s\n", why.c_str());
  return 1;
}
int complain(const error& e);

/// Waits for the answer of one call of the store.
template <class T, class F>
result<T> wait_for(F ask) {
  std::promise<result<T>> told;
  auto answer = told.get_future();
  ask(reply_to<T>{[&told](result<T> x) { told.set_value(std::move(x)); }});
  return answer.get();
}

} // namespace gochron::app
