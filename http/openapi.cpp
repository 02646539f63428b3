#include "http/openapi.hpp"

#include <map>
#include <set>

#include "http/problem.hpp"

namespace gochron::http {
namespace {

using core::json_writer;

constexpr auto introduction =
    "Monitors, alert rules, channels and incidents. Every request but the public ones carries "
    "`Authorization: Bearer <token>`. Times are RFC 3339 in UTC. Lists are paged by `cursor`. Errors are "
    "`application/problem+json` with all violations at once.";

struct problem_text {
  std::string_view name, doc;
};

const std::map<unsigned, problem_text>& problem_texts() {
  static const std::map<unsigned, problem_text> all{
      {400, {"Malformed", "Not well-formed JSON, a bad cursor or a bad header."}},
      {401, {"Unauthenticated", "No token, or none that is known."}},
      {403, {"Forbidden", "The token lacks the scope."}},
      {404, {"NotFound", "No such thing in this organisation."}},
      {406, {"NotAcceptable", "Only JSON is spoken here."}},
      {408, {"TimedOut", "The request did not arrive in time."}},
      {409, {"Conflict", "Contradicts the present state; `blocked_by` names what is in the way of a deletion."}},
      {412, {"Stale", "If-Match names an older version."}},
      {413, {"TooLarge", "The body is over its bound."}},
      {415, {"Unsupported", "The body is not application/json."}},
      {422, {"Invalid", "Understood, but some rules are broken: `errors` names all of them."}},
      {503, {"Unavailable", "Busy or without its database; come back after `Retry-After` seconds."}},
  };
  return all;
}

void text(json_writer& w, std::string_view key, std::string_view value) {
  w.key(key);
  w.text(value);
}

std::set<unsigned> problems_of(const operation& op) {
  std::set<unsigned> all{op.problems.begin(), op.problems.end()};
  if (op.scope.empty())
    return all;
  all.insert({400, 401, 403, 406, 422, 503});
  if (op.path.find('{') != std::string::npos)
    all.insert(404);
  if (op.body)
    all.insert({408, 413, 415});
  if (op.method != "GET" && op.path.find("{id}") != std::string::npos)
    all.insert(412);
  return all;
}

void write_path_parameters(json_writer& w, const operation& op) {
  for (std::size_t at = 0; (at = op.path.find('{', at)) != std::string::npos; ++at) {
    auto name = op.path.substr(at + 1, op.path.find('}', at) - at - 1);
    w.begin_object();
    text(w, "name", name);
    text(w, "in", "path");
    w.key("required");
    w.boolean(true);
    text(w, "description",
         name == "id"      ? "The resource's id."
         : name == "token" ? "From `ping_url`."
                           : "What to report.");
    w.key("schema");
    w.raw(R"({"type":"string"})");
    w.end_object();
  }
}

void write_header_parameter(json_writer& w, std::string_view name, std::string_view doc) {
  w.begin_object();
  text(w, "name", name);
  text(w, "in", "header");
  text(w, "description", doc);
  w.key("schema");
  w.raw(R"({"type":"string"})");
  w.end_object();
}

void write_parameters(json_writer& w, const operation& op) {
  w.key("parameters");
  w.begin_array();
  write_path_parameters(w, op);
  for (auto& p : op.query) {
    w.begin_object();
    text(w, "name", p.name);
    text(w, "in", "query");
    text(w, "description", p.doc);
    if (p.many) {
      text(w, "style", "form");
      w.key("explode");
      w.boolean(false);
    }
    w.key("schema");
    w.raw(p.schema);
    w.end_object();
  }
  bool one = op.path.find("{id}") != std::string::npos;
  if (!op.scope.empty() && one && op.ok.versioned && op.method == "GET")
    write_header_parameter(w, "If-None-Match", "An ETag; 304 when it is the present one.");
  if (!op.scope.empty() && one && op.method != "GET")
    write_header_parameter(w, "If-Match", "An ETag; 412 unless it is the present one.");
  w.end_array();
}

void write_list(json_writer& w, core::schema_book& book, const core::type_info& row) {
  w.begin_object();
  text(w, "type", "object");
  w.key("required");
  w.raw(R"(["data","next_cursor"])");
  w.key("properties");
  w.begin_object();
  w.key("data");
  w.begin_object();
  text(w, "type", "array");
  text(w, "description", "The rows.");
  w.key("items");
  book.write(w, row, core::schema_use::response);
  w.end_object();
  w.key("next_cursor");
  w.raw(R"({"type":["string","null"],"description":"For the next page; null on the last one."})");
  w.end_object();
  w.end_object();
}

void write_success(json_writer& w, core::schema_book& book, const operation& op) {
  w.key(std::to_string(op.ok.status));
  w.begin_object();
  text(w, "description", op.ok.doc);
  if (op.ok.versioned || op.ok.status == 201) {
    w.key("headers");
    w.begin_object();
    if (op.ok.versioned) {
      w.key("ETag");
      w.raw(R"({"description":"The version, in quotes.","schema":{"type":"string"}})");
    }
    if (op.ok.status == 201) {
      w.key("Location");
      w.raw(R"({"description":"Path of what was made.","schema":{"type":"string"}})");
    }
    w.end_object();
  }
  if (op.ok.status != 204) {
    w.key("content");
    w.begin_object();
    w.key(op.ok.media);
    w.begin_object();
    w.key("schema");
    if (op.ok.list)
      write_list(w, book, *op.ok.type);
    else if (op.ok.type)
      book.write(w, *op.ok.type, core::schema_use::response);
    else
      w.raw(op.ok.media == "application/json" ? R"({"type":"object"})" : R"({"type":"string"})");
    w.end_object();
    w.end_object();
  }
  w.end_object();
}

void write_responses(json_writer& w, core::schema_book& book, const operation& op) {
  w.key("responses");
  w.begin_object();
  write_success(w, book, op);
  if (op.method == "GET" && op.ok.versioned) {
    w.key("304");
    w.raw(R"({"description":"The version in If-None-Match is the present one."})");
  }
  for (auto status : problems_of(op)) {
    w.key(std::to_string(status));
    w.begin_object();
    text(w, "$ref", "#/components/responses/" + std::string{problem_texts().at(status).name});
    w.end_object();
  }
  w.end_object();
}

void write_body(json_writer& w, core::schema_book& book, const body_spec& body) {
  w.key("requestBody");
  w.begin_object();
  w.key("required");
  w.boolean(body.required);
  w.key("content");
  w.begin_object();
  w.key(body.use == core::schema_use::patch ? "application/merge-patch+json" : "application/json");
  w.begin_object();
  w.key("schema");
  book.write(w, *body.type, body.use);
  w.key("example");
  w.raw(body.example);
  w.end_object();
  w.end_object();
  w.end_object();
}

void write_operation(json_writer& w, core::schema_book& book, const operation& op) {
  std::string method = op.method;
  for (auto& c : method)
    c = static_cast<char>(c | 0x20);
  w.key(method);
  w.begin_object();
  text(w, "operationId", op.id);
  w.key("tags");
  w.begin_array();
  w.text(op.tag);
  w.end_array();
  text(w, "summary", op.summary);
  text(w, "description", op.scope.empty() ? op.doc : op.doc + " Needs the scope `" + op.scope + "`.");
  write_parameters(w, op);
  if (op.body)
    write_body(w, book, *op.body);
  write_responses(w, book, op);
  w.key("security");
  w.raw(op.scope.empty() ? "[]" : R"([{"token":[]}])");
  w.end_object();
}

void write_paths(json_writer& w, core::schema_book& book, const operations& all) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const operation*>> paths;
  for (auto& op : all) {
    auto& of = paths[op.path];
    if (of.empty())
      order.push_back(op.path);
    of.push_back(&op);
  }
  w.key("paths");
  w.begin_object();
  for (auto& path : order) {
    w.key(path);
    w.begin_object();
    for (auto* op : paths[path])
      write_operation(w, book, *op);
    w.end_object();
  }
  w.end_object();
}

constexpr auto problem_schema =
    R"({"type":"object","description":"RFC 9457. `errors` holds every violation at once.",)"
    R"("required":["type","title","status","detail","code","request_id","errors"],"properties":{)"
    R"("type":{"type":"string","format":"uri-reference","description":"Names the kind for good."},)"
    R"("title":{"type":"string","description":"The kind in words."},)"
    R"("status":{"type":"integer","description":"As in the status line."},)"
    R"("detail":{"type":"string","description":"What happened here, for a person."},)"
    R"("instance":{"type":"string","format":"uri-reference","description":"The path of the request."},)"
    R"("code":{"type":"string","description":"The kind, for programs."},)"
    R"("request_id":{"type":"string","description":"As in X-Request-Id."},)"
    R"("blocked_by":{"type":"array","items":{"type":"string"},"description":"Ids of what is in the way."},)"
    R"("errors":{"type":"array","description":"Each broken rule.","items":{"type":"object","required":["pointer","code","detail"],)"
    R"("properties":{"pointer":{"type":"string","description":"RFC 6901 pointer into the body, or a parameter's name."},)"
    R"("code":{"type":"string","description":"The rule, for programs."},)"
    R"("detail":{"type":"string","description":"The rule, for a person."}}}}}})";

void write_components(json_writer& w, core::schema_book& book) {
  json_writer schemas;
  book.write_components(schemas);
  auto named = schemas.str();
  w.key("components");
  w.begin_object();
  w.key("securitySchemes");
  w.raw(
      R"({"token":{"type":"http","scheme":"bearer","description":"A token made by `gochron token create` or `POST /api/tokens`."}})");
  w.key("schemas");
  // The problem comes from its own table (problem.cpp), not from a property table.
  w.raw(named.substr(0, named.size() - 1) + (named.size() > 2 ? "," : "") + R"("Problem":)" + problem_schema + "}");
  w.key("responses");
  w.begin_object();
  for (auto& [status, x] : problem_texts()) {
    w.key(x.name);
    w.begin_object();
    text(w, "description", x.doc);
    w.key("content");
    w.raw(R"({"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"},"example":)" +
          problem_response(status, std::string{x.doc}, "/api/monitors", "0f8fad5bd9cb469fa16570867728950e").body +
          "}}");
    w.end_object();
  }
  w.end_object();
  w.end_object();
}

} // namespace

std::string render_openapi(const operations& all, std::string_view version) {
  json_writer w;
  core::schema_book book;
  w.begin_object();
  text(w, "openapi", "3.1.0");
  w.key("info");
  w.begin_object();
  text(w, "title", "gochron");
  text(w, "version", version);
  text(w, "description", introduction);
  w.key("license");
  w.raw(R"({"name":"Apache-2.0","identifier":"Apache-2.0"})");
  w.end_object();
  w.key("servers");
  w.raw(R"([{"url":"/","description":"This server."}])");
  w.key("tags");
  w.begin_array();
  std::set<std::string> tags;
  for (auto& op : all)
    if (tags.insert(op.tag).second) {
      w.begin_object();
      text(w, "name", op.tag);
      w.end_object();
    }
  w.end_array();
  write_paths(w, book, all);
  write_components(w, book);
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
    for (auto part : {monitor_operations, monitor_history_operations, alert_rule_operations, channel_operations,
                      delivery_operations, incident_operations, token_operations, ping_operations, system_operations,
                      openapi_operations})
      for (auto& op : part())
        found.push_back(std::move(op));
    return found;
  }();
  return all;
}

} // namespace gochron::http
