#include <algorithm>

#include "http/openapi_parts.hpp"

/// What follows of an operation's row without its saying so.
namespace gochron::http::openapi {
namespace {

bool has_header(const operation& op, std::string_view name) {
  return std::any_of(op.headers.begin(), op.headers.end(), [&](const auto& p) { return p.name == name; });
}

} // namespace

bool is_conditional(const operation& op) {
  return op.method == "GET" && op.ok.versioned;
}

std::set<unsigned> problems_of(const operation& op) {
  std::set<unsigned> all{op.problems.begin(), op.problems.end()};
  all.insert(400);
  if (op.rate != rate_class::free)
    all.insert(429);
  if (op.ok.media == "application/json" && op.ok.page.empty())
    all.insert(406);
  if (op.scope.empty())
    return all;
  all.insert({401, 403, 422, 503});
  if (!op.query.empty())
    all.insert(414);
  if (op.path.find('{') != std::string::npos)
    all.insert(404);
  if (op.body)
    all.insert({408, 413, 415});
  return all;
}

std::vector<std::string_view> headers_of(const operation& op, unsigned status) {
  std::vector<std::string_view> names{"RequestId"};
  bool good = status == op.ok.status || (op.also && status == op.also->status);
  if (op.ok.versioned && (good || status == 304) && status != 204)
    names.push_back("ETag");
  if (status == 201)
    names.push_back("Location");
  if (status == 401)
    names.push_back("WWWAuthenticate");
  if (status == 409 || status == 429 || status == 503)
    names.push_back("RetryAfter");
  if (good && has_header(op, "Idempotency-Key"))
    names.push_back("IdempotencyReplayed");
  bool counted = (good || status == 204 || status == 304) && !op.scope.empty(); // 204: or a rehearsal's
  if (counted || status >= 400) // problems are shared by operations with a scope and without
    names.insert(names.end(),
                 {"RateLimitPolicy", "RateLimit", "XRateLimitLimit", "XRateLimitRemaining", "XRateLimitReset"});
  return names;
}

std::vector<parameter> headers_read_by(const operation& op) {
  auto all = op.headers;
  if (!op.scope.empty() && is_conditional(op))
    all.push_back(
        {"If-None-Match", "An `ETag`: 304 without a body when it is the present one.", R"({"type":"string"})"});
  return all;
}

std::string camel(std::string_view name) {
  std::string out;
  bool upper = true;
  for (char c : name) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter)
      out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    upper = !letter;
  }
  return out;
}

void put(core::json_writer& w, std::string_view key, std::string_view value) {
  w.key(key);
  w.text(value);
}

void refer(core::json_writer& w, std::string_view kind, std::string_view name) {
  w.begin_object();
  put(w, "$ref", std::string{"#/components/"}.append(kind).append("/").append(name));
  w.end_object();
}

void refer(core::json_writer& w, std::string_view key, std::string_view kind, std::string_view name) {
  w.key(key);
  refer(w, kind, name);
}

} // namespace gochron::http::openapi
