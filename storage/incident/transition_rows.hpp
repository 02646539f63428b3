#pragma once
#include <string>
#include <vector>

#include "gochron/incident.hpp"
#include "storage/json.hpp"
#include "storage/postgres/rows.hpp"

/// How a step of a monitor and what follows from it becomes rows: a JSON document, unfolded by common table expressions
/// behind a `gate` that decides whether anything happens at all. The gate has a row, with the document as column `d`,
/// for each step that does.
namespace gochron::storage {

/// `, changes AS (...), incident AS (...), escalating AS (...), timeline AS (...), events AS (...), deliveries AS
/// (...)`, each writing what the rows of `gate` say. What is already there stays.
const std::string& record_ctes();

/// `, runtime AS (...)`: monitor_state, only where the sequence grows.
const std::string& runtime_cte();

/// The document for both. Without a step: one that changes nothing. `note`: the document of what step_note_ctes() or
/// note_ctes("gate.d->'note'") write, or empty.
std::string transition_document(const transition* step, std::string_view note = {});

void write_timeline(json_writer& to, const std::vector<timeline_entry>& xs);
void write_events(json_writer& to, const std::vector<event>& xs);
void write_deliveries(json_writer& to, const std::vector<delivery>& xs);

/// The columns of incidents, and their reader.
const std::string& incident_columns();
incident incident_from_row(row_reader& in);

} // namespace gochron::storage
