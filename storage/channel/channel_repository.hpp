#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class channel_repository final : public channel_store {
public:
  explicit channel_repository(repository_deps deps) : deps_(deps) {}

  void create(channel_record x, write_note note, reply_to<channel_record> done) override;
  void update(channel_record x, write_note note, reply_to<channel_record> done) override;
  void remove(org_id org, channel_id id, write_note note, reply_to<void> done) override;
  void prove(channel_record x, write_note note, reply_to<void> done) override;
  /// As it is once everything given to this store before is written.
  void load(channel_id id, reply_to<channel_record> done) override;
  void due(org_id org, channel_id id, timestamp now, std::uint32_t limit, std::vector<delivery_id> except,
           reply_to<due_deliveries> done) override;
  void record(std::vector<attempt_outcome> xs, reply_to<void> done) override;
  void enqueue(event e, std::vector<delivery> ds, reply_to<void> done) override;
  void redeliver(org_id org, delivery_id id, std::int32_t attempts, timestamp now, write_note note,
                 reply_to<delivery> done) override;

private:
  repository_deps deps_;
};

} // namespace gochron::storage
