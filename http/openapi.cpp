#include "http/openapi.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "http/openapi_parts.hpp"
#include "http/write_conventions.hpp"

namespace gochron::http {
namespace {

using core::json_writer;
using openapi::put;

std::set<std::string_view> used_tags(const operations& all) {
  std::set<std::string_view> used;
  for (auto& op : all)
    if (!op.hidden)
      used.insert(op.tag);
  return used;
}

// Tags in the order of their texts, those that have none last; only what some operation carries.
void write_tags(json_writer& w, const operations& all) {
  auto used = used_tags(all);
  w.key("tags");
  w.begin_array();
  for (auto& x : openapi::tag_texts())
    if (used.erase(x.name) > 0) {
      w.begin_object();
      put(w, "name", x.name);
      put(w, "description", x.doc);
      w.end_object();
    }
  for (auto name : used) {
    w.begin_object();
    put(w, "name", name);
    w.end_object();
  }
  w.end_array();
}

// How renderers arrange the tags at the side. What has no words yet stands at the end: a tag in no group is not shown.
void write_tag_groups(json_writer& w, const operations& all) {
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> groups;
  auto put_in = [&](std::string_view group, std::string_view tag) {
    auto it = std::find_if(groups.begin(), groups.end(), [&](auto& x) { return x.first == group; });
    if (it == groups.end())
      it = groups.insert(groups.end(), {group, {}});
    it->second.push_back(tag);
  };
  auto left = used_tags(all);
  for (auto& x : openapi::tag_texts())
    if (left.erase(x.name) > 0)
      put_in(x.group, x.name);
  for (auto tag : left)
    put_in("More", tag);
  w.key("x-tagGroups");
  w.begin_array();
  for (auto& [group, tags] : groups) {
    w.begin_object();
    put(w, "name", group);
    w.key("tags");
    w.begin_array();
    for (auto tag : tags)
      w.text(tag);
    w.end_array();
    w.end_object();
  }
  w.end_array();
}

void write_info(json_writer& w, std::string_view version) {
  w.key("info");
  w.begin_object();
  put(w, "title", "gochron API");
  put(w, "version", version);
  put(w, "summary", "Uptime monitoring, alerting and incidents.");
  put(w, "description", openapi::introduction());
  w.key("contact");
  w.raw(R"({"name":"The operator of this server"})");
  w.key("license");
  w.raw(R"({"name":"Apache-2.0","identifier":"Apache-2.0"})");
  w.end_object();
}

} // namespace

std::string render_openapi(const operations& all, std::string_view version) {
  json_writer w;
  openapi::paths_writer paths{all};
  w.begin_object();
  put(w, "openapi", "3.1.0");
  write_info(w, version);
  w.key("servers");
  w.raw(R"([{"url":"/","description":"This server."}])");
  write_tags(w, all);
  write_tag_groups(w, all);
  paths.write_paths(w);
  paths.write_webhooks(w);
  paths.write_components(w);
  w.end_object();
  return w.str();
}

operations openapi_operations() {
  operation op;
  op.method = "GET";
  op.path = "/openapi.json";
  op.id = "getOpenApi";
  op.tag = "System";
  op.summary = "This document";
  op.doc = "OpenAPI 3.1, from the tables that route and validate.";
  op.ok = {200, "The document.", nullptr};
  op.run = [](call c) {
    static const auto document = render_openapi(all_operations(), GOCHRON_VERSION);
    c.json(200, document);
  };
  return {op};
}

const operations& all_operations() {
  static const auto all = [] {
    operations found;
    for (auto part : {monitor_operations,
                      monitor_history_operations,
                      monitor_gate_operations,
                      alert_rule_operations,
                      schedule_operations,
                      override_operations,
                      on_call_operations,
                      schedule_preview_operations,
                      on_call_list_operations,
                      schedule_feed_operations,
                      calendar_operations,
                      channel_operations,
                      delivery_operations,
                      incident_operations,
                      event_operations,
                      token_operations,
                      user_operations,
                      user_test_operations,
                      user_feed_operations,
                      organization_operations,
                      audit_operations,
                      ping_operations,
                      config_operations,
                      site_operations,
                      system_operations,
                      openapi_operations,
                      escalation_policy_operations,
                      maintenance_operations,
                      link_operations,
                      slack_operations,
                      twilio_operations,
                      contact_method_operations,
                      notification_rule_operations,
                      team_operations,
                      incident_document_operations,
                      incident_report_operations,
                      incident_action_operations,
                      incident_bulk_operations,
                      inbound_operations})
      std::ranges::move(part(), std::back_inserter(found));
    add_write_conventions(found);
    return found;
  }();
  return all;
}

} // namespace gochron::http
