#pragma once
#include <string>

#include "core/postmortem_draft.hpp"
#include "core/schema/object.hpp"
#include "gochron/incident_documents.hpp"

/// The property tables of what people write about incidents, and of what is measured of them.
namespace gochron::core {

object_ptr<incident_note> incident_note_schema();

/// The body that makes or changes a note.
struct note_request {
  std::string text;
};
object_ptr<note_request> note_request_schema();

object_ptr<postmortem_spec> postmortem_spec_schema();
object_ptr<postmortem> postmortem_schema();
object_ptr<postmortem_draft> postmortem_draft_schema();

object_ptr<response_metrics> response_metrics_schema();

} // namespace gochron::core
