#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class token_repository final : public token_store {
public:
  explicit token_repository(repository_deps deps) : deps_(deps) {}

  void create(token_record x, write_note note, reply_to<token_record> done) override;
  void update(token_record x, write_note note, reply_to<token_record> done) override;
  void remove(org_id org, token_id id, std::int64_t version, write_note note, reply_to<void> done) override;
  void load(org_id org, token_id id, reply_to<token_record> done) override;
  void of_user(org_id org, user_id user, reply_to<std::vector<token_record>> done) override;
  void find(sha256_digest digest, reply_to<token_record> done) override;
  void touch(token_id id, timestamp at, std::string ip) override;

private:
  repository_deps deps_;
};

/// The columns of api_tokens t, and their reader.
const std::string& token_columns();
token_record token_from_row(row_reader& in);

} // namespace gochron::storage
