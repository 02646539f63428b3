#pragma once
#include <optional>

#include "core/schema/any_json.hpp"
#include "core/schema/object.hpp"
#include "gochron/maintenance.hpp"

/// The property tables around maintenance windows that are no configuration.
namespace gochron::core {

object_ptr<maintenance_occurrence> maintenance_occurrence_schema();

/// One in a list, and how far it is: `past`, `active` or `upcoming`.
struct listed_occurrence {
  maintenance_occurrence when;
  maintenance_state state = maintenance_state::upcoming;
};
object_ptr<listed_occurrence> listed_occurrence_schema();

/// `POST /api/maintenance-windows/preview`.
struct maintenance_preview_request {
  std::optional<timestamp> from, to;
  deferred_object window;
};
object_ptr<maintenance_preview_request> maintenance_preview_request_schema();
/// As documents show it: with what `window` may have.
type_info_ptr maintenance_preview_info();

/// What is asked about: at most 366 days, between 1970 and 2037.
std::vector<violation> maintenance_range_faults(timestamp from, timestamp to);

/// Of a window that is to be created at `now`: refuses an only time that is over already.
void refuse_if_over(const maintenance_window_spec& x, timestamp now, reader& r);

} // namespace gochron::core
