#include "storage/audit/audit_rows.hpp"

#include <algorithm>

namespace gochron::storage {

const std::string& audit_columns() {
  static const std::string text =
      " a.id, a.org_id, a.at, a.actor, a.token_id, a.action, a.resource_type, a.resource_id, a.version_from, "
      "a.version_to, a.patch, a.reason, a.ip, a.request_id, a.sequence, a.previous_hash, a.hash ";
  return text;
}

sha256_digest digest_of(const std::string& bytes) {
  sha256_digest x{};
  if (bytes.size() == x.size())
    std::copy_n(bytes.begin(), x.size(), x.begin());
  return x;
}

audit_entry audit_entry_from_row(row_reader& in) {
  audit_entry x;
  std::optional<std::string> previous, hash;
  in >> x.id >> x.org >> x.at >> x.actor >> x.token >> x.action >> x.type >> x.resource >> x.version_from >>
      x.version_to >> x.patch >> x.reason >> x.ip >> x.request_id >> x.sequence >> previous >> hash;
  if (previous)
    x.previous_hash = digest_of(*previous);
  if (hash)
    x.hash = digest_of(*hash);
  return x;
}

} // namespace gochron::storage
