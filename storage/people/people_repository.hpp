#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class people_repository final : public people_store {
public:
  explicit people_repository(repository_deps deps) : deps_(deps) {}

  void create(notification_rule_record x, write_note note, reply_to<notification_rule_record> done) override;
  void update(notification_rule_record x, write_note note, reply_to<notification_rule_record> done) override;
  void remove(org_id org, notification_rule_id id, std::optional<std::int64_t> if_version, write_note note,
              reply_to<void> done) override;
  void create(team_record x, write_note note, reply_to<team_record> done) override;
  void update(team_record x, write_note note, reply_to<team_record> done) override;
  void remove(org_id org, team_id id, std::optional<std::int64_t> if_version, write_note note,
              reply_to<void> done) override;

private:
  repository_deps deps_;
};

/// The columns of notification_rules n and of teams t, and their readers.
const std::string& notification_rule_columns();
notification_rule_record notification_rule_from_row(row_reader& in);
const std::string& team_columns();
result<team_record> team_from_row(row_reader& in);

} // namespace gochron::storage
