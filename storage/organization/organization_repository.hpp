#pragma once
#include "gochron/store.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class organization_repository final : public organization_store {
public:
  explicit organization_repository(repository_deps deps) : deps_(deps) {}

  void create(organization x, token_record owner, write_note note, reply_to<organization> done) override;
  void snapshot(reply_to<tenancy_snapshot> done) override;

private:
  repository_deps deps_;
};

/// Plans, organisations and how many tokens each has, as they are now.
sql_result<tenancy_snapshot> read_tenancy(connection& db);

/// The columns of organizations o, and their reader.
const std::string& organization_columns();
organization organization_from_row(row_reader& in);

} // namespace gochron::storage
