#include "core/inbound/formats.hpp"
#include "core/schema/incident_requests.hpp"

/// Our own format.
namespace gochron::core::inbound {

result<incident_signal> read_generic(const json_value& body) {
  reader r{read_mode::whole};
  signal_request wanted;
  signal_request_schema()->read(body, wanted, r);
  if (r.count() > 0)
    return fail(r.take_error());
  incident_signal x;
  x.verb = wanted.action;
  x.dedup_key = wanted.dedup_key.value_or("");
  x.title = wanted.title.value_or("");
  x.severity = wanted.severity;
  x.message = wanted.message.value_or("");
  x.details = wanted.details.value_or("");
  x.runbook_url = wanted.runbook_url;
  return x;
}

} // namespace gochron::core::inbound
