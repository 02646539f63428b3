#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/schema/json_schema.hpp"
#include "http/call.hpp"

namespace gochron::http {

/// A query parameter, as the handler reads it and the document shows it.
struct parameter {
  std::string name;
  std::string doc;
  std::string schema = R"({"type":"string","maxLength":255})"; ///< JSON Schema
  bool many = false;                                           ///< a comma-separated list
  core::type_info_ptr type = nullptr;                          ///< in place of `schema`, where a table knows the type
};

/// A request body.
struct body_spec {
  core::type_info_ptr type;
  core::schema_use use = core::schema_use::request;
  std::string example; ///< JSON; sent by a test as it stands
  bool required = true;
  /// The alternatives of `type` that this operation answers 422, separated by spaces: none of its examples.
  std::string refused_type = {};
  /// Where several formats are understood: each by its name, the first one as in `example`.
  std::vector<std::pair<std::string, std::string>> examples = {};
};

/// What an operation answers when it succeeds.
struct success {
  unsigned status = 200;
  std::string doc;
  core::type_info_ptr type; ///< null: no body
  bool list = false;        ///< `{"data": [...], "next_cursor": ...}` of `type`
  bool versioned = false;   ///< carries an ETag
  std::string media = "application/json";
  std::string page = {}; ///< another media type of the same answer, for people; empty: there is none
};

/// Which bucket a request without a token is taken from; one with a token is taken from its own.
enum class rate_class : std::uint8_t {
  usual, ///< the address's
  ping,  ///< the address's for pings, which is larger
  free,  ///< none: what a load balancer asks must not depend on its neighbours
};

/// One method on one path. The router, the scope check, and /openapi.json all read this, so they cannot disagree.
struct operation {
  std::string method, path;
  std::string id; ///< operationId
  std::string tag;
  std::string scope;   ///< empty: public
  std::string summary; ///< a few words
  std::string doc;     ///< sentences
  std::vector<parameter> query;
  std::vector<parameter> headers; ///< that it takes, beyond If-None-Match
  std::optional<body_spec> body;
  success ok;
  std::optional<success> also;    ///< another way to succeed, under another status
  std::vector<unsigned> problems; ///< beyond those that follow from scope, path and body
  bool hidden = false;            ///< a page for people: not in the document
  std::function<void(call)> run;
  rate_class rate = rate_class::usual;
  bool of_a_part = false; ///< writes what belongs to something with a version, but not that: it takes no If-Match
};

using operations = std::vector<operation>;

/// Each noun's table. The order is the document's.
operations monitor_operations();
operations monitor_history_operations();
operations monitor_gate_operations();
operations alert_rule_operations();
operations schedule_operations();
operations override_operations();
operations on_call_operations();
operations on_call_list_operations();
operations schedule_preview_operations();
operations schedule_feed_operations();
operations calendar_operations();
operations user_feed_operations();
operations channel_operations();
operations delivery_operations();
operations incident_operations();
operations event_operations();
operations token_operations();
operations user_operations();
operations user_test_operations();
operations organization_operations();
operations audit_operations();
operations ping_operations();
operations site_operations();
operations config_operations();
operations system_operations();
operations escalation_policy_operations();
operations maintenance_operations();
operations link_operations();
operations slack_operations();
operations twilio_operations();
operations contact_method_operations();
operations notification_rule_operations();
operations team_operations();
operations incident_document_operations();
operations incident_report_operations();
operations incident_action_operations();
operations incident_bulk_operations();
operations inbound_operations();

/// All of them, /openapi.json last.
const operations& all_operations();

} // namespace gochron::http
