#include "core/inbound/schemas.hpp"

#include "core/names.hpp"
#include "core/schema/incident_requests.hpp"
#include "core/schema/scalars.hpp"
#include "gochron/incident_messages.hpp"

namespace gochron::core {
namespace {

type_info foreign(std::string_view component, std::string_view doc) {
  type_info x;
  x.kind = json_kind::object;
  x.component = component;
  x.doc = doc;
  x.open = true;
  return x;
}

void add(type_info& to, std::string_view name, type_info_ptr type, std::string_view doc, std::string_view example = {},
         bool required = false) {
  property_facts facts;
  facts.doc = doc;
  facts.example = example;
  facts.required = required;
  to.properties.push_back({std::string{name}, facts, std::move(type), {}, {}, {}});
}

type_info_ptr made(type_info x) {
  return std::make_shared<const type_info>(std::move(x));
}

type_info_ptr words() {
  return text({.max = std::size_t{1} << 16})->info();
}

type_info_ptr one_of(std::initializer_list<std::string_view> names) {
  type_info x;
  x.kind = json_kind::text;
  x.names = names;
  return made(std::move(x));
}

type_info_ptr list_of(type_info_ptr items, std::size_t most) {
  type_info x;
  x.kind = json_kind::array;
  x.items = std::move(items);
  x.max_items = most;
  return made(std::move(x));
}

// An object whose members are anything.
type_info_ptr anything() {
  type_info x;
  x.kind = json_kind::object;
  return made(std::move(x));
}

type_info_ptr pager_payload() {
  auto x = foreign("PagerdutyPayload", "What happened.");
  add(x, "summary", words(), "One line: the title of the incident. Required to trigger.",
      R"("Disk of db-1 is 95 % full")");
  add(x, "source", words(), "Where it was seen.", R"("db-1.example.com")");
  add(x, "severity", words(), "`critical`, `error`, `warning` or `info`; else that of the rules.", R"("error")");
  add(x, "timestamp", words(), "When it began: RFC 3339.", R"("2026-01-31T12:00:00Z")");
  add(x, "component", words(), "Kept in `details`.", R"("postgres")");
  add(x, "group", words(), "Kept in `details`.", R"("databases")");
  add(x, "class", words(), "Kept in `details`.", R"("disk")");
  add(x, "custom_details", anything(), "Kept in `details`.", R"({"free_bytes":1024})");
  return made(std::move(x));
}

type_info_ptr pager_event() {
  auto x = foreign("PagerdutyEvent", "An event of PagerDuty's Events API v2.");
  add(x, "routing_key", words(), "Not looked at: the URL says whose it is.", R"("0123456789abcdef0123456789abcdef")");
  add(x, "event_action", one_of({"trigger", "acknowledge", "resolve"}), "What is to happen.", R"("trigger")", true);
  add(x, "dedup_key", text({.max = 255})->info(),
      "Which incident of the monitor. Required to acknowledge and resolve; without one each trigger is its own.",
      R"("db-1/disk")");
  add(x, "payload", pager_payload(), "Of a trigger.");
  add(x, "client", words(), "Kept in `details`.", R"("Monitoring")");
  add(x, "client_url", words(), "The runbook, where no link is given.", R"("https://monitoring.example.com")");
  auto link = foreign("PagerdutyLink", "A link; the first is the runbook.");
  add(link, "href", words(), "Where to.", R"("https://wiki.example.com/disk")");
  add(link, "text", words(), "Its name.", R"("Runbook")");
  add(x, "links", list_of(made(std::move(link)), 1000), "The first is the runbook.");
  return made(std::move(x));
}

type_info_ptr alert() {
  auto x = foreign("AlertmanagerAlert", "An alert: an incident of its own.");
  add(x, "status", one_of({"firing", "resolved"}), "Whether it still is.", R"("firing")", true);
  add(x, "labels", anything(), "Of `severity` that of the incident, of `alertname` and `instance` its title.",
      R"({"alertname":"DiskFull","instance":"db-1:9100","severity":"critical"})", true);
  add(x, "annotations", anything(), "`summary` is the title, `description` the message, `runbook_url` the runbook.",
      R"({"summary":"Disk of db-1 is full"})");
  add(x, "startsAt", words(), "When it began: RFC 3339.", R"("2026-01-31T12:00:00Z")");
  add(x, "generatorURL", words(), "Kept in `details`.", R"("http://prometheus.example.com/graph")");
  add(x, "fingerprint", words(), "The `dedup_key`.", R"("c0ffee0123456789")");
  return made(std::move(x));
}

type_info_ptr alertmanager() {
  auto x = foreign("AlertmanagerWebhook", "What Alertmanager's `webhook_configs` send.");
  add(x, "version", one_of({"4"}), "Of the format.", R"("4")", true);
  add(x, "groupKey", words(), "Kept in `details`.", R"("{}:{alertname=\"DiskFull\"}")");
  add(x, "status", words(), "Of the group: each alert has its own.", R"("firing")");
  add(x, "receiver", words(), "Kept in `details`.", R"("gochron")");
  add(x, "externalURL", words(), "Kept in `details`.", R"("http://alertmanager.example.com")");
  add(x, "alerts", list_of(alert(), most_open_incidents), "Each an incident.", {}, true);
  return made(std::move(x));
}

} // namespace

type_info_ptr inbound_body_info() {
  static const auto all = [] {
    type_info x;
    x.any_of = {signal_request_schema()->info(), pager_event(), alertmanager()};
    return made(std::move(x));
  }();
  return all;
}

std::string_view example_of_signal() {
  return R"({"action":"trigger","dedup_key":"import/2026-01-31","title":"Nightly import is late",)"
         R"("severity":"error","details":{"rows":0}})";
}

std::string_view example_of_pager_event() {
  return R"({"routing_key":"0123456789abcdef0123456789abcdef","event_action":"trigger","dedup_key":"db-1/disk",)"
         R"("payload":{"summary":"Disk of db-1 is 95 % full","source":"db-1.example.com","severity":"error",)"
         R"("custom_details":{"free_bytes":1024}},"links":[{"href":"https://wiki.example.com/disk","text":"Runbook"}]})";
}

std::string_view example_of_alertmanager() {
  return R"({"version":"4","groupKey":"{}:{alertname=\"DiskFull\"}","status":"firing","receiver":"gochron",)"
         R"("externalURL":"http://alertmanager.example.com","alerts":[{"status":"firing","labels":{"alertname":"DiskFull",)"
         R"("instance":"db-1:9100","severity":"critical"},"annotations":{"summary":"Disk of db-1 is full"},)"
         R"("startsAt":"2026-01-31T12:00:00Z","fingerprint":"c0ffee0123456789"}]})";
}

} // namespace gochron::core
