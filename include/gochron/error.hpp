#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace gochron {

/// Why something could not be done. The one table that turns a code into an HTTP status is `http/problem.cpp`.
enum class errc : std::uint8_t {
  malformed,       ///< the bytes are not what they claim to be (JSON, cursor, header)
  invalid,         ///< understood, but breaks a rule; `violations` says which
  unauthenticated, ///< no credentials, or none that we know
  forbidden,       ///< known credentials without the needed scope
  not_found,       ///< no such thing in this organisation
  conflict,        ///< contradicts the present state of the resource
  stale,           ///< an `If-Match` or a version guard named an older version
  too_large,       ///< over a documented bound
  unsupported,     ///< a media type or method that is not spoken here
  limit_exceeded,  ///< over a cap of the organisation's plan
  key_reused,      ///< an Idempotency-Key that belongs to another request
  under_way,       ///< a request with this Idempotency-Key is still running; `retry_after` is set
  rate_limited,    ///< more often than this caller may ask; `retry_after` says when to come back
  busy,            ///< a bounded queue is full; `retry_after` says when to come back
  unavailable,     ///< a dependency (the database) is away; `retry_after` is set
  timed_out,       ///< nobody answered in time
  internal,        ///< a defect of ours; the detail never leaves the process
};

/// One broken rule. `pointer` is an RFC 6901 JSON pointer into the request body, or a parameter's name.
struct violation {
  std::string pointer;
  std::string code; ///< stable, snake_case: `required`, `unknown_property`, `out_of_range`, ...
  std::string detail;
  friend bool operator==(const violation&, const violation&) = default;
};

/// An expected failure, as a value. `detail` is a sentence for a person.
struct error {
  errc code = errc::internal;
  std::string detail;
  std::vector<violation> violations;   ///< all of them at once, never only the first
  std::chrono::seconds retry_after{0}; ///< for `busy`, `rate_limited` and `unavailable`
  std::vector<std::string> blocked_by; ///< for `conflict` on delete: ids of what still refers to it
};

template <class T>
using result = tl::expected<T, error>;
using status = result<void>;

/// `return fail(errc::not_found, "No such monitor.");`
inline tl::unexpected<error> fail(errc code, std::string detail) {
  return tl::unexpected<error>(error{code, std::move(detail), {}, {}, {}});
}

inline tl::unexpected<error> fail(error e) {
  return tl::unexpected<error>(std::move(e));
}

/// The answer while the database is away or a queue is full.
inline tl::unexpected<error> try_later(errc code, std::string detail,
                                       std::chrono::seconds after = std::chrono::seconds{1}) {
  return tl::unexpected<error>(error{code, std::move(detail), {}, after, {}});
}

} // namespace gochron
