#pragma once
#include <string>

#include "core/sealer.hpp"
#include "gochron/change.hpp"

/// How what belongs to a write beside its effect becomes rows: common table expressions behind the `gate` of the
/// statement that has the effect. No row in the gate, no rows here.
namespace gochron::storage {

/// `, audit AS (...), kept AS (...)`. `document` is the SQL expression of the note's document: `$14::jsonb`. An answer
/// under a key that is there already fails the statement.
std::string note_ctes(const std::string& document);

/// For a step that may be written twice: `gate.d->'note'`, and what is there stays.
const std::string& step_note_ctes();

/// The document for both. `now`: when an answer is kept.
std::string note_document(const write_note& x, const core::sealer& sealer, timestamp now);

/// What an answer is sealed for: it opens under its own key only.
std::string purpose_of(const kept_answer& x);

} // namespace gochron::storage
