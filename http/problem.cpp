#include "http/problem.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "http/server/text.hpp"

namespace gochron::http {
namespace {

// In the order of errc.
constexpr std::array<problem_kind, 17> kinds{{
    {400, "malformed", "The request is malformed"},
    {422, "invalid", "The request breaks a rule"},
    {401, "unauthenticated", "A valid token is needed"},
    {403, "forbidden", "The token lacks the needed scope"},
    {404, "not_found", "There is no such resource"},
    {409, "conflict", "The request contradicts the state of the resource"},
    {412, "stale", "The resource has changed meanwhile"},
    {413, "too_large", "The request is too large"},
    {415, "unsupported_media_type", "The media type is not spoken here"},
    {422, "plan_limit_exceeded", "The plan's limit is reached"},
    {422, "idempotency_key_reused", "The idempotency key belongs to another request"},
    {409, "idempotency_key_in_use", "A request with this idempotency key is still running"},
    {429, "rate_limited", "Too many requests"},
    {503, "busy", "The server is busy"},
    {503, "unavailable", "The service is unavailable"},
    {503, "timed_out", "The answer was not ready in time"},
    {500, "internal", "Something went wrong on our side"},
}};
static_assert(static_cast<std::size_t>(errc::internal) + 1 == kinds.size());

// What HTTP refuses before anybody looks at the request's meaning.
constexpr std::array<problem_kind, 8> protocol_kinds{{
    {405, "method_not_allowed", "The method is not allowed here"},
    {406, "not_acceptable", "No acceptable representation exists"},
    {408, "request_timeout", "The request took too long to arrive"},
    {414, "uri_too_long", "The request line is too long"},
    {417, "expectation_failed", "The expectation cannot be met"},
    {431, "header_fields_too_large", "The head of the request is too large"},
    {501, "not_implemented", "The request needs something that does not exist here"},
    {505, "http_version_not_supported", "The HTTP version is not spoken here"},
}};

const problem_kind& kind_of_status(unsigned status) {
  auto same = [status](const problem_kind& k) { return k.status == status; };
  if (auto it = std::find_if(protocol_kinds.begin(), protocol_kinds.end(), same); it != protocol_kinds.end())
    return *it;
  auto it = std::find_if(kinds.begin(), kinds.end(), same);
  return it != kinds.end() ? *it : kind_of(errc::internal);
}

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(json_writer& to, std::string_view text) {
  auto valid = only_utf8(text); // details may quote what came over the wire
  to.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

void put(json_writer& to, const char* key, std::string_view text) {
  to.Key(key);
  put(to, text);
}

std::string type_of(const problem_kind& kind) {
  auto type = std::string{"/docs/problems/"}.append(kind.code);
  std::replace(type.begin(), type.end(), '_', '-');
  return type;
}

std::string render(const problem_kind& kind, const error& e, std::string_view instance, std::string_view request_id) {
  rapidjson::StringBuffer buffer;
  json_writer to(buffer);
  to.StartObject();
  put(to, "type", type_of(kind));
  put(to, "title", kind.title);
  to.Key("status");
  to.Uint(kind.status);
  put(to, "detail", kind.status == 500 ? "The cause is in our log under the request id." : e.detail);
  if (!instance.empty())
    put(to, "instance", instance);
  put(to, "code", kind.code);
  put(to, "request_id", request_id);
  to.Key("errors");
  to.StartArray();
  for (const auto& v : e.violations) {
    to.StartObject();
    put(to, "pointer", v.pointer);
    put(to, "code", v.code);
    put(to, "detail", v.detail);
    to.EndObject();
  }
  to.EndArray();
  if (!e.blocked_by.empty()) {
    to.Key("blocked_by");
    to.StartArray();
    for (const auto& id : e.blocked_by)
      put(to, id);
    to.EndArray();
  }
  to.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

response respond(const problem_kind& kind, const error& e, std::string_view instance, std::string_view request_id) {
  response r;
  r.status = kind.status;
  r.content_type = "application/problem+json";
  if (kind.status == 401)
    r.headers.push_back({"WWW-Authenticate", "Bearer realm=\"gochron\""});
  if (kind.status == 503 || kind.status == 429 || e.retry_after.count() > 0)
    r.headers.push_back({"Retry-After", std::to_string(std::max<long>(1, e.retry_after.count()))});
  r.body = render(kind, e, instance, request_id);
  return r;
}

} // namespace

const problem_kind& kind_of(errc code) {
  return kinds[static_cast<std::size_t>(code)];
}

std::vector<std::string_view> problem_codes() {
  std::vector<std::string_view> all;
  for (const auto& k : kinds)
    all.push_back(k.code);
  for (const auto& k : protocol_kinds)
    if (std::find(all.begin(), all.end(), k.code) == all.end())
      all.push_back(k.code);
  return all;
}

response problem_response(const error& e, std::string_view instance, std::string_view request_id) {
  return respond(kind_of(e.code), e, instance, request_id);
}

response problem_response(unsigned status, std::string_view detail, std::string_view instance,
                          std::string_view request_id) {
  error e;
  e.detail = detail;
  return respond(kind_of_status(status), e, instance, request_id);
}

} // namespace gochron::http
