#pragma once
#include <string>
#include <vector>

#include "gochron/error.hpp"
#include "gochron/escalation.hpp"
#include "storage/json.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/rows.hpp"

namespace gochron::storage {

/// `"escalations": [...]`, for a transition's document.
void write_escalations(json_writer& to, const std::vector<escalation>& xs);

/// The columns of escalations e, and their reader.
const std::string& escalation_columns();
result<escalation> escalation_from_row(row_reader& in);

/// Of these incidents, in the order of their ids.
sql_result<result<std::vector<escalation>>> escalations_of(connection& db, const std::vector<incident_id>& incidents);

} // namespace gochron::storage
