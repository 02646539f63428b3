#pragma once
#include <string>

#include "core/sealer.hpp"
#include "gochron/error.hpp"
#include "gochron/monitor.hpp"
#include "storage/json.hpp"
#include "storage/postgres/rows.hpp"

namespace gochron::storage {

/// Of `monitors m JOIN monitor_state s ON s.monitor_id = m.id`, as view_from_row() reads them.
const std::string& monitor_view_columns();
const std::string& monitor_view_tables();

/// next_check_at, uptime_24h and quarantined are the engine's to fill. `internal` when the stored specification does
/// not read or a secret does not open.
result<monitor_view> view_from_row(row_reader& in, const core::sealer& sealer);

/// An object of the columns of `monitors`.
void write_row(json_writer& to, const monitor_record& x, const core::sealer& sealer);

} // namespace gochron::storage
