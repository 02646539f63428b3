#pragma once
#include <filesystem>
#include <string>

#include "gochron/ids.hpp"
#include "storage/embedded_postgres.hpp"

namespace gochron::test {

/// A folder that is gone at the end; other users may pass through it (an embedded Postgres must).
class temporary_directory {
public:
  temporary_directory();
  ~temporary_directory();
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// The one embedded Postgres of this test binary, started on first use, stopped at exit.
storage::embedded_postgres& test_postgres();

/// A fresh, migrated database for one test (a copy of a template: some 30 ms). Works as root and as a user.
/// `TEST_CASE_METHOD(postgres_fixture, "...")`.
class postgres_fixture {
public:
  postgres_fixture();
  ~postgres_fixture();
  postgres_fixture(const postgres_fixture&) = delete;
  postgres_fixture& operator=(const postgres_fixture&) = delete;

  std::string conninfo; ///< complete, for every class of storage
  org_id org;           ///< the organisation of a fresh install

private:
  std::string name_;
};

/// An empty database without a schema; the caller's to drop or forget. For tests of migrations.
std::string make_empty_database();

} // namespace gochron::test
