#pragma once
#include "gochron/maintenance.hpp"
#include "gochron/messages.hpp"

/// What the REST layer says to maintenance windows; messages.hpp says what all such messages have in common.
namespace gochron {

/// Errors: `conflict` (the key is taken), `invalid` with a pointer for each monitor that is not there,
/// `limit_exceeded`.
struct create_window {
  org_id org;
  maintenance_window_spec spec;
  written_by<maintenance_window_view> by;
  reply_to<maintenance_window_view> reply;
  part_ptr into = {};
  window_id id = {}; ///< chosen already; nil: not yet
};

struct get_window {
  org_id org;
  window_id id;
  reply_to<maintenance_window_view> reply;
};

/// In force at once, also of an occurrence under way. One that was ended stays so while the schedule stays as it is.
struct edit_window {
  org_id org;
  window_id id;
  std::optional<std::int64_t> if_version;
  edit_of<maintenance_window_spec> edit;
  written_by<maintenance_window_view> by;
  reply_to<maintenance_window_view> reply;
  part_ptr into = {};
};

/// Ends what is under way.
struct remove_window {
  org_id org;
  window_id id;
  std::optional<std::int64_t> if_version;
  written_by<void> by;
  reply_to<void> reply;
  part_ptr into = {};
};

/// Ends the occurrence under way now. Errors: `stale`, `conflict` when none is.
struct end_window {
  org_id org;
  window_id id;
  std::optional<std::int64_t> if_version;
  written_by<maintenance_window_view> by;
  reply_to<maintenance_window_view> reply;
};

} // namespace gochron
