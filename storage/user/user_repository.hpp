#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class user_repository final : public user_store {
public:
  explicit user_repository(repository_deps deps) : deps_(deps) {}

  void create(user_record x, write_note note, reply_to<user_record> done) override;
  void update(user_record x, write_note note, reply_to<user_record> done) override;
  void remove(org_id org, user_id id, std::optional<std::int64_t> if_version, std::vector<token_record> tokens,
              write_note note, reply_to<void> done) override;

  void set_feed(org_id org, user_id id, std::optional<sha256_digest> digest, timestamp now, write_note note,
                reply_to<void> done) override;

private:
  repository_deps deps_;
};

/// The columns of users u, and their reader.
const std::string& user_columns();
user_record user_from_row(row_reader& in);

} // namespace gochron::storage
