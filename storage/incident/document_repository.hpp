#pragma once
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

class document_repository final : public incident_document_store {
public:
  explicit document_repository(repository_deps deps) : deps_(deps) {}

  void create(incident_note x, write_note note, reply_to<incident_note> done) override;
  void update(incident_note x, write_note note, reply_to<incident_note> done) override;
  void remove(org_id org, incident_id of, note_id id, write_note note, reply_to<void> done) override;
  void load(org_id org, incident_id of, note_id id, reply_to<incident_note> done) override;
  void put(postmortem x, write_note note, reply_to<postmortem> done) override;
  void remove(org_id org, incident_id of, write_note note, reply_to<void> done) override;
  void load(org_id org, incident_id of, reply_to<std::optional<postmortem>> done) override;

private:
  repository_deps deps_;
};

/// The columns of `incident_notes n`, in the order in which note_from_row() reads them.
const std::string& note_columns();
incident_note note_from_row(row_reader& in);

} // namespace gochron::storage
