#include <algorithm>

#include "core/alert_grouping.hpp"
#include "core/event_body.hpp"
#include "core/schema/bulk.hpp"
#include "core/schema/example.hpp"
#include "http/openapi_parts.hpp"

namespace gochron::http::openapi {
namespace {

using core::json_writer;
using core::schema_use;

bool same(const parameter& a, const parameter& b) {
  return a.name == b.name && a.doc == b.doc && a.schema == b.schema && a.many == b.many && a.type == b.type;
}

using shared_parameters = std::map<std::string, std::pair<std::string, parameter>>;

// What several operations read alike, by component name. A name that means two things stays where it is used.
void find_shared(const std::vector<std::pair<std::string, parameter>>& seen, shared_parameters& found) {
  std::map<std::string, int> uses;
  for (const auto& [in, p] : seen) {
    auto it = found.try_emplace(camel(p.name), in, p).first;
    if (it->second.first == in && same(it->second.second, p))
      ++uses[it->first];
  }
  std::erase_if(found, [&](const auto& x) { return uses[x.first] < 3; });
}

shared_parameters shared_by(const operations& all) {
  std::vector<std::pair<std::string, parameter>> seen;
  for (const auto& op : all) {
    for (const auto& p : op.query)
      seen.emplace_back("query", p);
    for (const auto& p : headers_read_by(op))
      seen.emplace_back("header", p);
  }
  shared_parameters found;
  find_shared(seen, found);
  return found;
}

const core::property_info* id_property(const core::type_info& x) {
  auto it = std::find_if(x.properties.begin(), x.properties.end(), [](const auto& p) { return p.name == "id"; });
  return it == x.properties.end() ? nullptr : &*it;
}

std::string path_doc(std::string_view name) {
  static const std::map<std::string_view, std::string> docs{
      {"id", "The resource's id."},
      {"token", "From the monitor's `ping_url`."},
      {"verb", "`start`, `fail`, `log`, or an exit code from 0 to 255."},
      {"key", "Your own name for it, unique in the organisation."},
      {"override_id", "The override's id."},
      {"link", "What the link ends with."},
      {"channel_id", "The channel's id."},
      {"delivery", "The delivery's id, without its `dlv_`."},
      {"file", "From the feed's `url`: the secret, and `.ics`."}};
  auto it = docs.find(name);
  return it == docs.end() ? "The resource's " + std::string{name} + "." : it->second;
}

std::string path_schema(std::string_view name) {
  if (name == "verb")
    return R"({"type":"string","pattern":"^(start|fail|log|[01]?[0-9]{1,2}|2[0-4][0-9]|25[0-5])$"})";
  if (name == "key")
    return R"({"type":"string","pattern":"^[a-z0-9._-]{1,100}$"})";
  return R"({"type":"string","minLength":1})";
}

} // namespace

paths_writer::paths_writer(const operations& all) : all_(all), shared_(shared_by(all)) {
  constexpr std::string_view end = "/{id}";
  for (const auto& op : all)
    if (op.path.ends_with(end) && op.ok.type && !op.ok.list)
      if (auto* id = id_property(*op.ok.type)) {
        auto noun = op.path.substr(0, op.path.size() - end.size());
        shown_.try_emplace(noun, op.ok.type);
        ids_.try_emplace(noun, id->type);
        id_names_.try_emplace(noun, op.ok.type->component + "Id");
      }
}

core::type_info_ptr paths_writer::id_of(std::string_view noun) const {
  auto it = ids_.find(noun);
  return it == ids_.end() ? nullptr : it->second;
}

void paths_writer::write_parameter(json_writer& w, const parameter& p, std::string_view in) {
  w.begin_object();
  put(w, "name", p.name);
  put(w, "in", in);
  if (in == "path") {
    w.key("required");
    w.boolean(true);
  }
  put(w, "description", p.doc);
  if (p.many) {
    put(w, "style", "form");
    w.key("explode");
    w.boolean(false);
  }
  w.key("schema");
  if (p.type)
    book_.write(w, *p.type, schema_use::response);
  else
    w.raw(p.schema);
  w.end_object();
}

void paths_writer::write_or_refer(json_writer& w, const parameter& p, std::string_view in) {
  auto it = shared_.find(camel(p.name));
  if (it != shared_.end() && it->second.first == in && same(it->second.second, p))
    refer(w, "parameters", it->first);
  else
    write_parameter(w, p, in);
}

void paths_writer::write_path_parameters(json_writer& w, const operation& op) {
  for (std::size_t at = 0; (at = op.path.find('{', at)) != std::string::npos; ++at) {
    auto name = op.path.substr(at + 1, op.path.find('}', at) - at - 1);
    auto noun = op.path.substr(0, at - 1);
    if (name == "id" && id_of(noun)) {
      used_ids_.insert(noun);
      refer(w, "parameters", id_names_.at(noun));
    } else
      write_parameter(w, {name, path_doc(name), path_schema(name)}, "path");
  }
}

void paths_writer::write_parameters(json_writer& w, const operation& op) {
  auto headers = headers_read_by(op);
  if (op.path.find('{') == std::string::npos && op.query.empty() && headers.empty())
    return;
  w.key("parameters");
  w.begin_array();
  write_path_parameters(w, op);
  for (const auto& p : op.query)
    write_or_refer(w, p, "query");
  for (const auto& p : headers)
    write_or_refer(w, p, "header");
  w.end_array();
}

void paths_writer::write_body_schema(json_writer& w, const operation& op) {
  w.key("schema");
  if (op.body->type != core::bulk_request_schema()->info())
    return book_.write(w, *op.body->type, op.body->use);
  auto noun = op.path.substr(0, op.path.rfind('/'));
  refer(w, "schemas", bulk_component(*shown_.at(noun)));
}

void paths_writer::write_examples(json_writer& w, const std::vector<std::pair<std::string, std::string>>& all) {
  w.key("examples");
  w.begin_object();
  for (const auto& [name, json] : all) {
    w.key(name);
    w.begin_object();
    w.key("value");
    w.raw(json);
    w.end_object();
  }
  w.end_object();
}

void paths_writer::write_body(json_writer& w, const operation& op) {
  const auto& body = *op.body;
  w.key("requestBody");
  w.begin_object();
  w.key("required");
  w.boolean(body.required);
  w.key("content");
  w.begin_object();
  w.key(body.use == schema_use::patch ? "application/merge-patch+json" : "application/json");
  w.begin_object();
  write_body_schema(w, op);
  auto tags = body.use == schema_use::patch ? std::vector<std::string>{} : core::tags_of(*body.type);
  std::erase_if(tags, [refused = ' ' + body.refused_type + ' '](const std::string& tag) {
    return refused.find(' ' + tag + ' ') != std::string::npos;
  });
  if (!body.examples.empty())
    write_examples(w, body.examples);
  else if (tags.empty()) {
    w.key("example");
    w.raw(body.example);
  } else {
    w.key("examples");
    w.begin_object();
    bool first = true; // the row's own example is of the first alternative
    for (auto& tag : tags) {
      w.key(tag);
      w.begin_object();
      w.key("value");
      w.raw(std::exchange(first, false) ? body.example : core::example_of(*body.type, body.use, tag));
      w.end_object();
    }
    w.end_object();
  }
  w.end_object();
  w.end_object();
  w.end_object();
}

void paths_writer::write_operation(json_writer& w, const operation& op) {
  std::string method = op.method;
  for (auto& c : method)
    c = static_cast<char>(c | 0x20);
  w.key(method);
  w.begin_object();
  put(w, "operationId", op.id);
  w.key("tags");
  w.begin_array();
  w.text(op.tag);
  w.end_array();
  put(w, "summary", op.summary);
  put(w, "description", op.scope.empty() ? op.doc : op.doc + " Needs the scope `" + op.scope + "`.");
  write_parameters(w, op);
  if (op.body)
    write_body(w, op);
  write_responses(w, op);
  if (!op.scope.empty())
    put(w, "x-required-scope", op.scope); // `security` may name scopes of OAuth only
  w.key("security");
  w.raw(op.scope.empty() ? "[]" : R"([{"token":[]}])");
  w.end_object();
}

void paths_writer::write_paths(json_writer& w) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const operation*>> paths;
  for (const auto& op : all_) {
    if (op.hidden)
      continue;
    auto& of = paths[op.path];
    if (of.empty())
      order.push_back(op.path);
    of.push_back(&op);
  }
  // Linters take a path by key for ambiguous beside those under an id, and say so of each that comes second (ADR 108).
  std::stable_partition(order.begin(), order.end(),
                        [](const auto& path) { return path.find("/by-key/") == std::string::npos; });
  w.key("paths");
  w.begin_object();
  for (auto& path : order) {
    w.key(path);
    w.begin_object();
    for (auto* op : paths[path])
      write_operation(w, *op);
    w.end_object();
  }
  w.end_object();
}

// What a webhook channel posts to its receiver.
void paths_writer::write_webhooks(json_writer& w) {
  w.key("webhooks");
  w.begin_object();
  w.key("event");
  write_webhook(w, *core::event_body_schema()->info(), "receiveEvent", "An event",
                "What a webhook channel posts to your URL. [Verify it](/docs/webhooks) before you believe it.");
  w.key("group");
  write_webhook(w, *core::grouped_event_schema()->info(), "receiveGroup", "Several events",
                "The same, where an [alert rule](/docs/alert-rules) groups what it tells.");
  w.end_object();
}

void paths_writer::write_webhook(json_writer& w, const core::type_info& type, std::string_view id,
                                 std::string_view summary, std::string_view doc) {
  json_writer part;
  book_.write(part, type, schema_use::response);
  w.raw(
      R"({"post":{"operationId":")" + std::string{id} + R"(","tags":["Channels"],"summary":")" + std::string{summary} +
      R"(","description":")" + std::string{doc} +
      R"(","parameters":[)"
      R"({"name":"webhook-id","in":"header","required":true,"description":"The event's id, the same in each retry.",)"
      R"("schema":{"type":"string"}},)"
      R"({"name":"webhook-timestamp","in":"header","required":true,"description":"Of this attempt, in seconds.",)"
      R"("schema":{"type":"integer"}},)"
      R"({"name":"webhook-signature","in":"header","required":true,"description":"Standard Webhooks: `v1,<base64>`, )"
      R"(one for each secret in force.","schema":{"type":"string"}},)"
      R"({"name":"X-Gochron-Signature","in":"header","required":true,"description":"`sha256=<hex>`, HMAC of the body.",)"
      R"("schema":{"type":"string"}}],)"
      R"("requestBody":{"required":true,"content":{"application/json":{"schema":)" +
      part.str() + R"(,"example":)" + core::example_of(type, schema_use::response) +
      R"(}}},"responses":{"2XX":{"description":"Taken. Nothing is sent again."},)"
      R"("410":{"description":"Gone: the channel is disabled."},)"
      R"("default":{"description":"Failed: tried again after 5 s, 5 min, 30 min, 2 h, 5 h and 10 h twice."}},)"
      R"("security":[]}})");
}

} // namespace gochron::http::openapi
