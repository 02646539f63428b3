#pragma once
#include "core/schema/object.hpp"
#include "core/schema/scalars.hpp"
#include "gochron/check.hpp"
#include "gochron/monitor.hpp"

/// Rows and types that several read models share.
namespace gochron::core {

/// An empty string is unset, and unset is null.
inline std::optional<std::string> non_empty(const std::string& x) {
  return x.empty() ? std::nullopt : std::optional{x};
}

/// `none` is no reason, and is null.
inline std::optional<status_reason> non_empty(const status_reason& x) {
  return x.code == reason::none ? std::nullopt : std::optional{x};
}

/// Any string: for what we write and never read.
type_ptr<std::string> any_text();
/// The same, where whoever knows it can use it: `format: password`, so that clients do not show it.
type_ptr<std::string> secret_text();

/// `key`, for whatever the client may name himself. Whether it is free only the database knows.
type_ptr<std::string> key_text();
inline constexpr property_facts key_facts{.doc = "Your own name for it, unique in the organisation.",
                                          .example = R"("shop.front")"};

object_ptr<status_reason> status_reason_schema();
object_ptr<phase_timings> timings_schema();

struct remote_endpoint {
  std::string ip;
  std::uint16_t port = 0;
};
object_ptr<remote_endpoint> remote_schema();

/// Headers as they came: repeated names stay apart.
using header_pairs = std::vector<std::pair<std::string, std::string>>;
type_ptr<header_pairs> header_pairs_type();

/// `id`, for the front of a resource. `path` leads to its record.
template <class Id, class T, class Path>
void add_id(object_schema<T>& s, Path path) {
  s.computed("id", identifier<Id>(), {.doc = "Given by us, never changed."},
             [path](const T& x, const write_options&) { return path(x).id; });
}

/// `version`, `created_at` and `updated_at`, for its end.
template <class T, class Path>
void add_history(object_schema<T>& s, Path path) {
  s.computed("version", count<std::int64_t>(),
             {.doc = "Grows by one with each edit of the configuration; also the ETag.", .example = "1"},
             [path](const T& x, const write_options&) { return path(x).version; });
  s.computed("created_at", instant(), {.doc = "When it was created.", .example = R"("2026-01-31T12:00:00.000Z")"},
             [path](const T& x, const write_options&) { return path(x).created_at; });
  s.computed("updated_at", instant(),
             {.doc = "When its configuration was last edited.", .example = R"("2026-01-31T12:00:00.000Z")"},
             [path](const T& x, const write_options&) { return path(x).updated_at; });
}

} // namespace gochron::core
