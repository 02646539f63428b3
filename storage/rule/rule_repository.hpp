#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class rule_repository final : public rule_store {
public:
  explicit rule_repository(repository_deps deps) : deps_(deps) {}

  void create(alert_rule_record x, write_note note, reply_to<alert_rule_record> done) override;
  void update(alert_rule_record x, write_note note, reply_to<alert_rule_record> done) override;
  void remove(org_id org, rule_id id, std::optional<std::int64_t> if_version, write_note note,
              reply_to<void> done) override;

private:
  repository_deps deps_;
};

/// The columns of alert_rules r, and their reader.
const std::string& rule_columns();
result<alert_rule_record> rule_from_row(row_reader& in);

} // namespace gochron::storage
