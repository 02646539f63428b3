#pragma once
#include "gochron/store.hpp"
#include "storage/postgres/rows.hpp"

/// What the statements about a monitor's row answer, as results.
namespace gochron::storage {

/// Errors of an edit: `not_found`, `stale`, `conflict` when another has its key.
result<monitor_record> judge_update(const rows& answer, const monitor_record& x);

/// As judge_update, and `invalid` with a pointer for each monitor that it cannot depend on.
result<monitor_record> judge_dependent(const rows& answer, const monitor_record& x);

/// Errors: `conflict` when another has its key, `invalid` as above.
result<monitor_record> judge_create(const rows& answer, const monitor_record& x);

/// Errors: `not_found`, `conflict` with `blocked_by`.
result<void> judge_remove(const rows& answer);

/// A row for the monitor itself, and one for each rule that names it. Errors: `not_found`.
result<expiry> judge_expiry(const rows& answer);

} // namespace gochron::storage
