#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/inbound/formats.hpp"
#include "core/schema/free_object.hpp"
#include "core/schema/incident_requests.hpp"

/// The webhook of Prometheus's Alertmanager: a group of alerts, each an incident of its own. It repeats what still
/// fires, and says once that something is over.
namespace gochron::core::inbound {
namespace {

std::string first_of(const json_value* annotations, std::initializer_list<std::string_view> names) {
  for (auto name : names)
    if (auto text = text_of(annotations, name); !text.empty())
      return text;
  return {};
}

std::string title_of(const json_value* labels, const json_value* annotations) {
  if (auto summary = one_line(text_of(annotations, "summary"), longest_title); !summary.empty())
    return summary;
  auto name = text_of(labels, "alertname");
  auto instance = text_of(labels, "instance");
  auto title = name.empty() || instance.empty() ? name : fmt::format("{} ({})", name, instance);
  return title.empty() ? std::string{"An alert without a name"} : one_line(title, longest_title);
}

// Without a fingerprint its labels make it what it is, as they do for Alertmanager.
std::string key_of(const json_value& alert, const json_value* labels) {
  auto fingerprint = text_of(&alert, "fingerprint");
  if (!fingerprint.empty() && fingerprint.size() <= longest_dedup_key)
    return fingerprint;
  return to_hex(sha256(labels ? to_json(*labels) : std::string{}));
}

std::string details_of_alert(const json_value& alert, const json_value& group) {
  json_object details;
  auto add = [&details](const json_value& of, std::string_view name, std::string as) {
    if (const auto* member = of.find(name); member && !member->is_null())
      details.push_back({std::move(as), *member});
  };
  add(alert, "labels", "labels");
  add(alert, "annotations", "annotations");
  add(alert, "generatorURL", "generator_url");
  add(group, "externalURL", "alertmanager_url");
  add(group, "receiver", "receiver");
  add(group, "groupKey", "group_key");
  return details_of(std::move(details));
}

incident_signal read_alert(const json_value& alert, const json_value& group, reader& r) {
  incident_signal x;
  const auto* labels = alert.find("labels");
  const auto* annotations = alert.find("annotations");
  auto status = text_of(&alert, "status");
  if (!labels || !labels->as<json_object>())
    r.fail("required", "An object.", "labels");
  if (status != "firing" && status != "resolved")
    r.fail("not_one_of", "Either firing or resolved.", "status");
  x.verb = status == "resolved" ? signal_verb::resolve : signal_verb::trigger;
  x.dedup_key = key_of(alert, labels);
  x.title = title_of(labels, annotations);
  if (x.verb == signal_verb::trigger) // of what is over the annotations still say what was wrong
    x.message = shortened(first_of(annotations, {"description", "message"}), longest_message);
  x.severity = severity_named(text_of(labels, "severity"));
  x.runbook_url = link_of(first_of(annotations, {"runbook_url", "runbook"}));
  x.started_at = time_of(text_of(&alert, "startsAt"));
  x.details = details_of_alert(alert, group);
  return x;
}

} // namespace

result<std::vector<incident_signal>> read_alertmanager(const json_value& body) {
  reader r{read_mode::whole};
  std::vector<incident_signal> all;
  const auto* alerts = body.find("alerts");
  const auto* items = alerts ? alerts->as<json_array>() : nullptr;
  if (!items)
    r.fail("wrong_type", "Expected an array.", "alerts");
  if (auto version = text_of(&body, "version"); version != "4")
    r.fail("not_one_of", "Only version 4 of Alertmanager's webhook is understood.", "version");
  if (items && items->size() > most_open_incidents)
    r.fail("too_many_items", fmt::format("At most {} alerts at once: see `max_alerts`.", most_open_incidents),
           "alerts");
  for (std::size_t i = 0; items && r.count() == 0 && i < items->size(); ++i) {
    reader::step list{r, "alerts"};
    reader::step at{r, i};
    all.push_back(read_alert((*items)[i], body, r));
  }
  if (r.count() > 0)
    return fail(r.take_error());
  return all;
}

} // namespace gochron::core::inbound
