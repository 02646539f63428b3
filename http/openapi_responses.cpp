#include <algorithm>

#include "core/schema/example.hpp"
#include "http/openapi_parts.hpp"
#include "http/problem.hpp"

namespace gochron::http::openapi {
namespace {

using core::json_writer;
using core::schema_use;

std::string page_of(const std::string& row) {
  return R"({"data":[)" + row + R"(],"next_cursor":null})";
}

void write_example(json_writer& w, const success& ok) {
  auto tags = core::tags_of(*ok.type);
  auto shown = [&](std::string_view tag) {
    auto one = core::example_of(*ok.type, schema_use::response, tag);
    return ok.list ? page_of(one) : one;
  };
  if (tags.empty() || ok.list) {
    w.key("example");
    return w.raw(shown({}));
  }
  w.key("examples");
  w.begin_object();
  for (auto& tag : tags) {
    w.key(tag);
    w.begin_object();
    w.key("value");
    w.raw(shown(tag));
    w.end_object();
  }
  w.end_object();
}

// Of what no property table describes. A stream is text to whoever has no words for its events, which OpenAPI 3.1 has
// not.
std::string_view schema_of_media(std::string_view media) {
  if (media == "application/json")
    return R"({"type":"object"})";
  if (media == "text/event-stream")
    return R"({"type":"string","description":"Events. Of each `id` is its place in the feed, for `Last-Event-ID`; )"
           R"(`event` its type; `data` the event as JSON."})";
  return R"({"type":"string"})";
}

// A made-up failure of each kind, rendered by the same code as a real one.
response problem_example(unsigned status, std::string_view doc) {
  constexpr std::string_view path = "/api/monitors", request = "0f8fad5bd9cb469fa16570867728950e";
  error e;
  e.detail = doc;
  if (status == 409) {
    e.code = errc::conflict;
    e.detail = "An alert rule names this channel.";
    e.blocked_by = {"rule_01kdz0c3v8e7q9b5n2m4x6y8za"};
    return problem_response(e, path, request);
  }
  if (status != 422)
    return problem_response(status, doc, path, request);
  e.code = errc::invalid;
  e.detail = "2 rules are broken.";
  e.violations = {{"/interval_seconds", "out_of_range", "Must be between 1 and 86400."},
                  {"/nmae", "unknown_property", "No such property. Did you mean \"name\"?"}};
  return problem_response(e, path, request);
}

} // namespace

void paths_writer::write_list(json_writer& w, const core::type_info& row) {
  w.begin_object();
  put(w, "type", "object");
  w.key("required");
  w.raw(R"(["data","next_cursor"])");
  w.key("properties");
  w.begin_object();
  w.key("data");
  w.begin_object();
  put(w, "type", "array");
  put(w, "description", "The rows.");
  w.key("items");
  book_.write(w, row, schema_use::response);
  w.end_object();
  w.key("next_cursor");
  w.raw(R"({"type":["string","null"],"description":"For the next page; null on the last one."})");
  w.end_object();
  w.end_object();
}

void paths_writer::write_content(json_writer& w, const success& ok) {
  w.key("content");
  w.begin_object();
  w.key(ok.media);
  w.begin_object();
  w.key("schema");
  if (ok.list)
    write_list(w, *ok.type);
  else if (ok.type)
    book_.write(w, *ok.type, schema_use::response);
  else
    w.raw(schema_of_media(ok.media));
  if (ok.type)
    write_example(w, ok);
  w.end_object();
  if (!ok.page.empty()) {
    w.key(ok.page);
    w.raw(R"({"schema":{"type":"string"}})");
  }
  w.end_object();
}

void paths_writer::write_headers(json_writer& w, const std::vector<std::string_view>& names) {
  w.key("headers");
  w.begin_object();
  for (auto& x : header_texts())
    if (std::find(names.begin(), names.end(), x.component) != names.end()) {
      headers_.insert(x.component);
      refer(w, x.name, "headers", x.component);
    }
  w.end_object();
}

void paths_writer::write_success(json_writer& w, const operation& op, const success& ok) {
  w.key(std::to_string(ok.status));
  w.begin_object();
  put(w, "description", ok.doc);
  write_headers(w, headers_of(op, ok.status));
  if (ok.status != 204)
    write_content(w, ok);
  write_links(w, op, ok);
  w.end_object();
}

// From what was made to everything that can be done with it; from a page to its first row.
void paths_writer::write_links(json_writer& w, const operation& op, const success& ok) {
  bool made = ok.status == 201;
  if ((!made && !ok.list) || !id_of(op.path))
    return;
  w.key("links");
  w.begin_object();
  for (const auto& to : all_) {
    auto rest = std::string_view{to.path};
    if (!rest.starts_with(op.path + "/{id}") || to.hidden)
      continue;
    if (rest.find('{', op.path.size() + 2) != std::string_view::npos || (!made && to.method != "GET"))
      continue;
    w.key(camel(to.id));
    w.begin_object();
    put(w, "operationId", to.id);
    w.key("parameters");
    w.begin_object();
    put(w, "id", made ? "$response.body#/id" : "$response.body#/data/0/id");
    w.end_object();
    put(w, "description", to.summary + (made ? ": what was made." : ": the first row."));
    w.end_object();
  }
  w.end_object();
}

void paths_writer::write_responses(json_writer& w, const operation& op) {
  w.key("responses");
  w.begin_object();
  write_success(w, op, op.ok);
  if (op.also)
    write_success(w, op, *op.also);
  bool may_be_dry = std::any_of(op.query.begin(), op.query.end(), [](auto& p) { return p.name == "validate_only"; });
  if (may_be_dry && op.ok.status != 204)
    write_success(w, op, {204, "With `validate_only`: it would succeed.", nullptr});
  if (is_conditional(op)) {
    w.key("304");
    w.begin_object();
    put(w, "description", "The version in `If-None-Match` is the present one.");
    write_headers(w, headers_of(op, 304));
    w.end_object();
  }
  for (auto status : problems_of(op)) {
    problems_.insert(status);
    refer(w, std::to_string(status), "responses", problem_texts().at(status).name);
  }
  w.end_object();
}

void paths_writer::write_shared_responses(json_writer& w) {
  w.key("responses");
  w.begin_object();
  const operation any;
  for (auto status : problems_) {
    auto& x = problem_texts().at(status);
    w.key(x.name);
    w.begin_object();
    put(w, "description", x.doc);
    write_headers(w, headers_of(any, status));
    w.key("content");
    w.raw(R"({"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"},"example":)" +
          problem_example(status, x.doc).body + "}}");
    w.end_object();
  }
  w.end_object();
}

void paths_writer::write_shared_parameters(json_writer& w) {
  w.key("parameters");
  w.begin_object();
  for (auto& [name, x] : shared_) {
    w.key(name);
    write_parameter(w, x.second, x.first);
  }
  for (auto& noun : used_ids_) {
    w.key(id_names_.at(noun));
    parameter p{"id", "The resource's id.", {}};
    p.type = id_of(noun);
    write_parameter(w, p, "path");
  }
  w.end_object();
}

void paths_writer::write_components(json_writer& w) {
  w.key("components");
  w.begin_object();
  w.key("securitySchemes");
  w.raw(
      R"({"token":{"type":"http","scheme":"bearer","description":"A token made by `gochron token create` or `POST /api/tokens`."}})");
  write_shared_parameters(w);
  write_shared_responses(w);
  w.key("headers");
  w.begin_object();
  for (auto& x : header_texts())
    if (headers_.contains(x.component)) {
      w.key(x.component);
      w.begin_object();
      put(w, "description", x.doc);
      w.key("schema");
      w.raw(x.schema);
      w.end_object();
    }
  w.end_object();
  written_.emplace("Problem", problem_schema()); // it comes from its own table (problem.cpp)
  json_writer schemas;
  book_.write_components(schemas);
  auto named = schemas.str();
  named.pop_back();
  for (const auto& [name, json] : written_)
    named.append(named.size() > 1 ? "," : "").append("\"" + name + "\":" + json);
  w.key("schemas");
  w.raw(named + '}');
  w.end_object();
}

} // namespace gochron::http::openapi
