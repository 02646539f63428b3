#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class schedule_repository final : public schedule_store {
public:
  explicit schedule_repository(repository_deps deps) : deps_(deps) {}

  void create(schedule_record x, write_note note, reply_to<schedule_record> done) override;
  void update(schedule_record x, bool revised, write_note note, reply_to<schedule_record> done) override;
  void remove(org_id org, schedule_id id, std::optional<std::int64_t> if_version, write_note note,
              reply_to<void> done) override;
  void load(org_id org, schedule_id id, reply_to<schedule_record> done) override;
  void create(schedule_override x, write_note note, reply_to<schedule_override> done) override;
  void load(org_id org, schedule_id of, override_id id, reply_to<schedule_override> done) override;
  void update(schedule_override was, schedule_override x, std::optional<schedule_override> past, write_note note,
              reply_to<schedule_override> done) override;
  void end(org_id org, schedule_id of, override_id id, timestamp now, write_note note, reply_to<void> done) override;
  void set_feed(org_id org, schedule_id id, std::optional<sha256_digest> digest, timestamp now, write_note note,
                reply_to<void> done) override;
  void record(handoff_step step, reply_to<void> done) override;
  void handoff_tellers(schedule_id after, std::uint32_t limit, reply_to<std::vector<handoff_teller>> done) override;

private:
  repository_deps deps_;
};

} // namespace gochron::storage
