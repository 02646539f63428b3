#pragma once
#include <string>

#include "gochron/change.hpp"
#include "storage/postgres/rows.hpp"

namespace gochron::storage {

/// The columns of audit_log a, and their reader.
const std::string& audit_columns();
audit_entry audit_entry_from_row(row_reader& in);

/// Of 32 bytes; zeroes for anything else.
sha256_digest digest_of(const std::string& bytes);

} // namespace gochron::storage
