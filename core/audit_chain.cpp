#include "core/audit_chain.hpp"

#include "core/bytes.hpp"
#include "core/names.hpp"
#include "core/schema/json_writer.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

void put(json_writer& w, const std::optional<std::int64_t>& x) {
  x ? w.integer(*x) : w.null();
}

void put(json_writer& w, const std::string& x) {
  x.empty() ? w.null() : w.text(x);
}

} // namespace

std::string chained_text(const audit_entry& x) {
  json_writer w;
  w.begin_array();
  put(w, x.sequence);
  w.text(x.org.str());
  w.text(x.id.str());
  w.text(to_rfc3339(x.at));
  w.text(x.actor);
  put(w, x.token ? x.token->str() : std::string{});
  w.text(name_of(x.action));
  w.text(name_of(x.type));
  w.text(x.resource);
  put(w, x.version_from);
  put(w, x.version_to);
  w.text(x.patch);
  put(w, x.reason);
  put(w, x.ip);
  put(w, x.request_id);
  w.end_array();
  return w.str();
}

sha256_digest chained_hash(const sha256_digest& previous, const audit_entry& x) {
  std::string bytes{reinterpret_cast<const char*>(previous.data()), previous.size()};
  return sha256(bytes += chained_text(x));
}

} // namespace gochron::core
