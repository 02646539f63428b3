#pragma once
#include "core/schema/object.hpp"
#include "gochron/monitor.hpp"

/// The property tables of each monitor type's own object.
namespace gochron::core {

object_ptr<http_check> http_check_schema();
object_ptr<tcp_check> tcp_check_schema();
object_ptr<heartbeat_check> heartbeat_check_schema();
object_ptr<manual_check> manual_check_schema();

} // namespace gochron::core
