#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class window_repository final : public maintenance_store {
public:
  explicit window_repository(repository_deps deps) : deps_(deps) {}

  void create(maintenance_window_record x, write_note note, reply_to<maintenance_window_record> done) override;
  void update(maintenance_window_record x, write_note note, reply_to<maintenance_window_record> done) override;
  void remove(maintenance_step step, write_note note, reply_to<void> done) override;
  void record(maintenance_step step, write_note note, reply_to<void> done) override;
  void load(window_id id, reply_to<loaded_window> done) override;

private:
  repository_deps deps_;
};

} // namespace gochron::storage
