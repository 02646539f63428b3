#pragma once
#include <string>

#include "core/sealer.hpp"
#include "gochron/store.hpp"
#include "storage/postgres/connection.hpp"

namespace gochron::storage {

/// Every row that the engine starts from, in the order of startup_visitor's members; an unset member is skipped.
sql_result<status> load_everything(const std::string& conninfo, timestamp now, const core::sealer& sealer,
                                   const startup_visitor& visit);

} // namespace gochron::storage
