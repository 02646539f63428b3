#pragma once
#include <string>

#include "gochron/store.hpp"
#include "storage/postgres/rows.hpp"

namespace gochron::storage {

/// The columns of maintenance_windows w, and their reader.
const std::string& window_columns();
result<maintenance_window_record> window_from_row(row_reader& in);

/// The columns of maintenance_stretches x, and their reader.
const std::string& stretch_columns();
maintenance_stretch stretch_from_row(row_reader& in);

/// What a step writes, as documents for jsonb_populate_recordset.
std::string step_document(const maintenance_step& x);

} // namespace gochron::storage
