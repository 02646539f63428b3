#include <algorithm>

#include "core/inbound/formats.hpp"
#include "core/names.hpp"
#include "core/schema/incident_requests.hpp"

/// PagerDuty's Events API v2. The routing key is not looked at: the URL says whose it is.
namespace gochron::core::inbound {
namespace {

std::optional<std::string> first_link(const json_value& body) {
  const auto* links = body.find("links");
  const auto* items = links ? links->as<json_array>() : nullptr;
  for (const auto& item : items ? *items : json_array{})
    if (auto link = link_of(text_of(&item, "href")))
      return link;
  return link_of(text_of(&body, "client_url"));
}

void add_details(json_object& to, const json_value* of, std::initializer_list<std::string_view> names) {
  for (auto name : names)
    if (const auto* member = of ? of->find(name) : nullptr; member && !member->is_null())
      to.push_back({std::string{name}, *member});
}

void read_payload(const json_value& body, incident_signal& x, reader& r) {
  const auto* payload = body.find("payload");
  x.title = one_line(text_of(payload, "summary"), longest_title);
  if (x.title.empty()) {
    reader::step at{r, "payload"};
    r.fail("required", "Required to trigger.", "summary");
  }
  x.severity = severity_named(text_of(payload, "severity"));
  x.started_at = time_of(text_of(payload, "timestamp"));
  if (auto source = text_of(payload, "source"); !source.empty())
    x.message = shortened("Source: " + source, longest_message);
  x.runbook_url = first_link(body);
  json_object details;
  add_details(details, payload, {"source", "component", "group", "class", "custom_details"});
  add_details(details, &body, {"client", "client_url", "links", "images"});
  x.details = details_of(std::move(details));
}

} // namespace

result<incident_signal> read_pager_event(const json_value& body) {
  reader r{read_mode::whole};
  incident_signal x;
  auto verb = parse_name<signal_verb>(text_of(&body, "event_action"));
  if (!verb)
    r.fail("not_one_of", "One of trigger, acknowledge, resolve.", "event_action");
  x.verb = verb.value_or(signal_verb::trigger);
  x.dedup_key = text_of(&body, "dedup_key");
  if (x.dedup_key.size() > longest_dedup_key)
    r.fail("too_long", "At most 255 bytes.", "dedup_key");
  if (verb && x.verb != signal_verb::trigger && x.dedup_key.empty())
    r.fail("required", "Required to acknowledge or resolve.", "dedup_key");
  if (verb && x.verb == signal_verb::trigger)
    read_payload(body, x, r);
  if (r.count() > 0)
    return fail(r.take_error());
  return x;
}

} // namespace gochron::core::inbound
