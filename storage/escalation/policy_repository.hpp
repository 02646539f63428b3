#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class policy_repository final : public policy_store {
public:
  explicit policy_repository(repository_deps deps) : deps_(deps) {}

  void create(escalation_policy_record x, write_note note, reply_to<escalation_policy_record> done) override;
  void update(escalation_policy_record x, write_note note, reply_to<escalation_policy_record> done) override;
  void remove(org_id org, policy_id id, write_note note, reply_to<void> done) override;
  /// As it is once everything given to this store before is written.
  void load(policy_id id, reply_to<escalation_policy_record> done) override;
  void live(policy_id id, reply_to<std::vector<escalation>> done) override;

private:
  repository_deps deps_;
};

/// The columns of escalation_policies p, and their reader.
const std::string& policy_columns();
result<escalation_policy_record> policy_from_row(row_reader& in);

} // namespace gochron::storage
