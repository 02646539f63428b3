#include "core/schema/monitor_types.hpp"

#include "core/schema/formats.hpp"

namespace gochron::core {
namespace {

constexpr std::int64_t year = 31'536'000;

bool has_header(const http_check& x, std::string_view name) {
  return std::any_of(x.headers.begin(), x.headers.end(), [&](const name_value& h) {
    return std::equal(h.name.begin(), h.name.end(), name.begin(), name.end(),
                      [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  });
}

// A member must be there exactly when the type needs it.
void match_need(bool needed, bool given, std::string_view member, reader& r) {
  if (needed && !given)
    r.fail("required", "Required by this type.", member);
  if (!needed && given)
    r.fail("inconsistent", "Does not go with this type.", member);
}

object_ptr<http_auth> http_auth_schema() {
  auto s = std::make_shared<object_schema<http_auth>>("HttpAuth", "Credentials that the check presents.");
  s->property("type", &http_auth::type, enumeration<auth_kind>(), {.doc = "The scheme.", .example = R"("basic")"});
  s->property("username", &http_auth::username, line_text(0), {.doc = "For `basic`.", .example = R"("probe")"});
  s->property("password", &http_auth::password, line_text(0, 1024),
              {.doc = "For `basic`. Never shown again.", .example = R"("s3cret")", .write_only = true, .sealed = true});
  s->property("token", &http_auth::token, text({.min = 1, .max = 4096, .pattern = "^[\\x21-\\x7e]*$"}),
              {.doc = "For `bearer`. Never shown again.", .example = "null", .write_only = true, .sealed = true});
  s->rule({"type", "username", "password", "token"}, [](const http_auth& x, reader& r) {
    bool basic = x.type == auth_kind::basic;
    match_need(basic, x.username.has_value(), "username", r);
    match_need(basic, x.password.has_value(), "password", r);
    match_need(x.type == auth_kind::bearer, x.token.has_value(), "token", r);
    if (basic && x.username && x.username->find(':') != std::string::npos)
      r.fail("invalid_format", "RFC 7617 allows no colon in the name.", "username");
  });
  return s;
}

void add_http_rules(object_schema<http_check>& s) {
  s.rule({"auth", "headers"}, [](const http_check& x, reader& r) {
    if (x.auth.type != auth_kind::none && has_header(x, "authorization"))
      r.fail("inconsistent", "Either `auth` or an Authorization header.", "headers");
  });
  s.rule({"method", "required_keyword", "forbidden_keyword"}, [](const http_check& x, reader& r) {
    if (x.method != "HEAD")
      return;
    for (auto [member, keyword] :
         {std::pair{"required_keyword", &x.required_keyword}, std::pair{"forbidden_keyword", &x.forbidden_keyword}})
      if (*keyword)
        r.fail("inconsistent", "The answer to HEAD has no body.", member);
  });
}

// `x` matches the pattern of the table already.
std::optional<complaint> check_status_range(std::string_view x) {
  if (x.size() == 7 && x.substr(0, 3) > x.substr(4))
    return complaint{"out_of_range", "The range runs backwards."};
  return std::nullopt;
}

} // namespace

object_ptr<http_check> http_check_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<http_check>>("HttpCheck", "What an HTTP check asks, and what it expects.");
    s->property("url", &http_check::url, url_text(),
                {.doc = "An http or https URL without user information.",
                 .example = R"("https://example.com/health")",
                 .required = true});
    s->property("method", &http_check::method,
                text({.one_of = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}}),
                {.doc = "The request method.", .example = R"("GET")"});
    s->property("headers", &http_check::headers,
                header_list({"content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection",
                             "upgrade", "te", "trailer", "expect"}),
                {.doc = "Sent in this order; `Host` replaces the one taken from the URL. Encrypted at rest.",
                 .example = R"([{"name":"Accept","value":"application/json"}])",
                 .sealed = true});
    s->property("body", &http_check::body, text({.max = 65536}),
                {.doc = "Sent as it is. Encrypted at rest.", .example = "null", .sealed = true});
    s->property("auth", &http_check::auth, http_auth_schema(), {.doc = "Credentials."});
    s->property("follow_redirects", &http_check::follow_redirects, boolean(),
                {.doc = "Whether redirects are followed before the answer is judged.", .example = "true"});
    s->property("max_redirects", &http_check::max_redirects, integer<std::uint32_t>(0, 20),
                {.doc = "More than these fail the check.", .example = "5"});
    s->property(
        "expected_status", &http_check::expected_status,
        array_of(text({.max = 7, .pattern = "^([1-5]xx|[1-5][0-9]{2}(-[1-5][0-9]{2})?)$", .check = check_status_range}),
                 {.min = 1, .max = 20}),
        {.doc = "Status codes that count as up: a class, a code, or an inclusive range.",
         .example = R"(["2xx","304","401-403"])"});
    s->property("required_keyword", &http_check::required_keyword, text({.min = 1, .max = 1024}),
                {.doc = "Must occur in the first 64 KiB of the body.", .example = R"("ok")"});
    s->property("forbidden_keyword", &http_check::forbidden_keyword, text({.min = 1, .max = 1024}),
                {.doc = "Must not occur in the first 64 KiB of the body.", .example = "null"});
    s->property("tls", &http_check::tls, tls_options_schema(), {.doc = "How the certificate is judged."});
    add_http_rules(*s);
    return s;
  }();
  return schema;
}

object_ptr<tcp_check> tcp_check_schema() {
  static const auto schema = [] {
    auto step = std::make_shared<object_schema<tcp_step>>("TcpStep", "Send, then read until something is seen.");
    step->property("send", &tcp_step::send, text({.max = 4096}),
                   {.doc = "Sent first; unset: nothing.", .example = R"("EHLO gochron\r\n")"});
    step->property("expect", &tcp_step::expect, text({.min = 1, .max = 4096}),
                   {.doc = "Read until this is seen; unset: do not read.", .example = R"("250 ")"});
    step->rule({"send", "expect"}, [](const tcp_step& x, reader& r) {
      if (!x.send && !x.expect)
        r.fail("required", "A step needs `send` or `expect`.");
    });
    auto s = std::make_shared<object_schema<tcp_check>>("TcpCheck", "Where a TCP check connects, and what it says.");
    s->property("host", &tcp_check::host, host_text(),
                {.doc = "A host name or an address.", .example = R"("db.example.com")", .required = true});
    s->property("port", &tcp_check::port, integer<std::uint16_t>(1, 65535),
                {.doc = "The port.", .example = "5432", .required = true});
    s->property(
        "tls", &tcp_check::tls, enumeration<tcp_tls>(),
        {.doc = "`implicit`: handshake, then script; `starttls`: script, then handshake.", .example = R"("none")"});
    s->property("tls_options", &tcp_check::tls_options, tls_options_schema(),
                {.doc = "How the certificate is judged."});
    s->property("script", &tcp_check::script, array_of<tcp_step>(step, {.max = 20}),
                {.doc = "The dialogue after connecting.", .example = R"([{"send":null,"expect":"220 "}])"});
    return s;
  }();
  return schema;
}

object_ptr<heartbeat_check> heartbeat_check_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<heartbeat_check>>("HeartbeatCheck", "When pings are expected.");
    s->property("schedule_kind", &heartbeat_check::schedule_kind, enumeration<heartbeat_schedule>(),
                {.doc = "How the next ping's instant is found.", .example = R"("period")"});
    s->property("period_seconds", &heartbeat_check::period, integer<seconds>(1, year),
                {.doc = "A ping is expected this long after the last one.", .example = "86400"});
    s->property("grace_seconds", &heartbeat_check::grace, integer<seconds>(1, year),
                {.doc = "How late a ping may be, and how long a run may take.", .example = "3600"});
    s->property("manual_resume", &heartbeat_check::manual_resume, boolean(),
                {.doc = "Whether a ping leaves a paused monitor paused.", .example = "false"});
    s->property("methods", &heartbeat_check::methods, enumeration<ping_methods>(),
                {.doc = "Which HTTP methods count as a ping.", .example = R"("any")"});
    s->property("max_body_bytes", &heartbeat_check::max_body_bytes, integer<std::uint32_t>(0, 102400),
                {.doc = "How much of a ping's body is kept.", .example = "10240"});
    return s;
  }();
  return schema;
}

object_ptr<manual_check> manual_check_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<manual_check>>("ManualCheck", "What is reported rather than checked.");
    s->property("auto_resolve_seconds", &manual_check::auto_resolve, integer<seconds>(60, 2'592'000),
                {.doc = "An incident that its source has not mentioned for so long is over; null: only when somebody "
                        "says so.",
                 .example = "86400"});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
