#pragma once
#include <string>

#include "gochron/change.hpp"

/// Each entry of an organisation's audit log carries the hash of the one before it, so that none can be changed, taken
/// out, put in or moved without all the hashes behind it changing, too.
namespace gochron::core {

/// What is hashed of an entry: a compact JSON array of its sequence, organisation, id, time (RFC 3339 in UTC with
/// milliseconds), actor, token, action, resource's type and id, versions before and after, patch (as a string), reason,
/// ip and request id, in this order; null where there is none.
std::string chained_text(const audit_entry& x);

/// SHA-256 of `previous` (32 bytes; zeroes before the first entry) and chained_text(x).
sha256_digest chained_hash(const sha256_digest& previous, const audit_entry& x);

} // namespace gochron::core
