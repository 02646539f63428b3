#pragma once
#include <string>

#include "core/sealer.hpp"
#include "gochron/channel.hpp"
#include "gochron/error.hpp"
#include "gochron/incident.hpp"
#include "storage/postgres/params.hpp"
#include "storage/postgres/rows.hpp"

namespace gochron::storage {

/// The columns of channels c, and their reader. `internal` when a secret does not open.
const std::string& channel_columns();
result<channel_record> channel_from_row(row_reader& in, const core::sealer& sealer);

/// name, enabled, spec, sealed, secret_sealed, previous_secret_sealed, secret_version, secret_created_at,
/// previous_expires_at.
void append_spec(params& to, const channel_record& x, const core::sealer& sealer);

/// health_state, consecutive_failures, failing_since, last_success_at, disabled_reason.
void append_health(params& to, const channel_health& x);

/// The columns of `deliveries d JOIN events e ON e.id = d.event_id`, and their reader.
const std::string& delivery_columns();
delivery delivery_from_row(row_reader& in);

} // namespace gochron::storage
