#pragma once
#include <string>

#include "bench/harness/server.hpp"

/// Programs of others that are measured beside ours, where they are installed.
namespace gochron::bench {

/// Whether a program is on the PATH.
bool is_installed(const std::string& program);

struct insert_cost {
  double rate = 0;        ///< single-row transactions a second
  double postgres_us = 0; ///< CPU of Postgres a row
};

/// pgbench on the server's own embedded Postgres: each connection inserts rows of some 400 bytes into a scratch table,
/// a transaction each. On the core of the calling process.
class insert_bench {
public:
  /// Makes the scratch table. Throws std::runtime_error for a server that is not our own.
  explicit insert_bench(const server& of);
  insert_cost run(int connections, double seconds) const;

private:
  double pgbench(const std::string& script, const std::vector<std::string>& more) const;

  const server& server_;
};

struct post_cost {
  double rate = 0;
  double cpu_us = 0; ///< CPU of the sender a POST
};

/// wrk posting `body` to `url` over `connections`, on core 0.
post_cost run_wrk(const std::string& url, const std::string& body, int connections, double seconds);

} // namespace gochron::bench
