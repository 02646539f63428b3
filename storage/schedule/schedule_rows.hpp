#pragma once
#include <string>

#include "gochron/schedule.hpp"
#include "gochron/store.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {

/// The columns of schedules s, its latest revision among them, and their reader.
const std::string& schedule_columns();
result<schedule_record> schedule_from_row(row_reader& in);

/// Of schedule_revisions r, behind its schedule's id.
const std::string& revision_columns();
result<schedule_revision> revision_from_row(row_reader& in);

/// Of schedule_overrides o.
const std::string& override_columns();
schedule_override override_from_row(row_reader& in);

error no_such_schedule();

} // namespace gochron::storage
