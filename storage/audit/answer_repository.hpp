#pragma once
#include "gochron/audit.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class answer_repository final : public answer_store {
public:
  explicit answer_repository(repository_deps deps) : deps_(deps) {}

  void find(org_id org, token_id token, std::string key, reply_to<kept_answer> done) override;
  void keep(kept_answer x, reply_to<void> done) override;

private:
  repository_deps deps_;
};

} // namespace gochron::storage
