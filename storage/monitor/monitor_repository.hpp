#pragma once
#include "gochron/store.hpp"
#include "storage/monitor/runtime_flusher.hpp"
#include "storage/repository.hpp"
#include "storage/result/result_copier.hpp"

namespace gochron::storage {

class monitor_repository final : public monitor_store {
public:
  monitor_repository(repository_deps deps, result_copier& results, runtime_flusher& runtimes)
    : deps_(deps), results_(results), runtimes_(runtimes) {}

  void create(monitor_record x, write_note note, reply_to<monitor_record> done) override;
  void update(monitor_record x, std::optional<transition> step, write_note note,
              reply_to<monitor_record> done) override;
  void remove(org_id org, monitor_id id, std::optional<transition> step, write_note note, reply_to<void> done) override;
  void expire(org_id org, monitor_id id, transition step, std::vector<alert_rule_record> forgetful, write_note note,
              reply_to<expiry> done) override;
  void commit(transition step, reply_to<void> done) override;
  void commit_if_open(transition step, incident_id other, reply_to<void> done) override;
  /// As it is once everything given to this store before is written.
  void load(monitor_id id, reply_to<loaded_monitor> done) override;
  void load(org_id org, monitor_id of, incident_id id, reply_to<incident> done) override;
  bool note(check_result x) override { return results_.note(std::move(x)); }
  bool note(monitor_id id, org_id org, const monitor_runtime& x) override { return runtimes_.note(id, org, x); }

private:
  params params_of(const transition& step) const;
  std::string monitor_document(const monitor_record& x, const transition* step, const write_note& note) const;

  repository_deps deps_;
  result_copier& results_;
  runtime_flusher& runtimes_;
};

} // namespace gochron::storage
