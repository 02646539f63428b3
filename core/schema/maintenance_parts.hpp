#pragma once
#include "core/schema/object.hpp"
#include "gochron/maintenance.hpp"

/// The schedules of a maintenance window, each an object of its own.
namespace gochron::core {

object_ptr<one_off_maintenance> one_off_schema();
object_ptr<weekly_maintenance> weekly_schema();
object_ptr<monthly_maintenance> monthly_schema();
object_ptr<cron_maintenance> cron_schema();
object_ptr<rrule_maintenance> rrule_schema();

} // namespace gochron::core
