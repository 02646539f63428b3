#include <algorithm>
#include <array>

#include "http/openapi_parts.hpp"
#include "http/problem.hpp"

namespace gochron::http::openapi {

const std::map<unsigned, problem_text>& problem_texts() {
  static const std::map<unsigned, problem_text> all{
      {400, {"Malformed", "The request is not what it claims to be: HTTP, JSON, a cursor or a header."}},
      {401, {"Unauthenticated", "No token, or none that is known."}},
      {403, {"Forbidden", "The token lacks the scope."}},
      {404, {"NotFound", "No such thing in this organisation."}},
      {406, {"NotAcceptable", "`Accept` leaves no room for the media type of this operation."}},
      {408, {"TimedOut", "The request did not arrive in time."}},
      {409, {"Conflict", "Contradicts the present state; `blocked_by` names what is in the way of a deletion."}},
      {412, {"Stale", "`If-Match` names an older version."}},
      {413, {"TooLarge", "The body is over its bound."}},
      {414, {"UriTooLong", "The request line is over its bound: 8 KiB."}},
      {415, {"Unsupported", "The body is not JSON."}},
      {422, {"Invalid", "Understood, but some rules are broken: `errors` names all of them."}},
      {429, {"RateLimited", "Too many requests; come back after `Retry-After` seconds."}},
      {503, {"Unavailable", "Busy or without its database; come back after `Retry-After` seconds."}},
  };
  return all;
}

std::span<const tag_text> tag_texts() {
  static constexpr std::array<tag_text, 24> all{{
      {"Monitors", "Watching",
       "What is watched: HTTP, TCP, heartbeats and what others report, each with its schedule, its thresholds and its "
       "history."},
      {"Pings", "Watching",
       "What jobs and other systems call to report in. The token is in the monitor's `ping_url` or `inbound_url`; no "
       "other is needed."},
      {"Alert rules", "Alerting",
       "[Which incidents are told to which channels](/docs/alert-rules), from when on, and in how many messages."},
      {"Escalation policies", "Alerting", "[Who is told after whom](/docs/escalation) while nobody takes an incident."},
      {"Schedules", "Alerting",
       "[Who is on call when](/docs/on-call): layers that take turns, overrides, and what comes of them."},
      {"Maintenance windows", "Alerting",
       "[Planned work](/docs/maintenance): when checks pause or nobody is told, and what that does to uptime."},
      {"Contact methods", "Alerting",
       "[How a user is reached](/docs/people), once a code that was sent there has come back."},
      {"Notification rules", "Alerting", "When a user is told by what: at once, or after a while."},
      {"Teams", "Alerting", "People who are told together."},
      {"Channels", "Alerting",
       "Where news goes: [mail, chats, pagers](/docs/channels) and [signed webhooks](/docs/webhooks), retried for a "
       "day."},
      {"Deliveries", "Alerting", "Each event owed to each channel, with every attempt on record."},
      {"Incidents", "Alerting", "What went wrong, who took it, and all that happened until it was over."},
      {"Events", "Automation",
       "Everything that happened, in order: [as pages and as a stream](/docs/events) that can be resumed."},
      {"Configuration", "Automation", "The whole configuration at once: exported, compared, applied."},
      {"Export", "Automation", "The whole configuration as one document."},
      {"Organizations", "Account", "Tenants of this server. Nothing of one is ever seen by another."},
      {"Organisations", "Account", "Tenants of this server. Nothing of one is ever seen by another."},
      {"Users", "Account", "People of the organisation and their roles."},
      {"Tokens", "Account", "[Credentials](/docs/authentication) of programs: scoped, expiring, rotated with overlap."},
      {"Limits", "Account", "[What may be used](/docs/rate-limits), and what is used of it."},
      {"Audit log", "Account", "[Every write](/docs/audit-log): who, what, why, chained by hashes."},
      {"Meta", "Server", "What this server is and where it sends from."},
      {"Answers", "Alerting",
       "What comes back from those who were told: [links that act](/docs/acknowledge), buttons, replies and reports."},
      {"System", "Server", "Health, readiness, figures, and this document."},
  }};
  return all;
}

std::span<const header_text> header_texts() {
  static constexpr std::array<header_text, 11> all{{
      {"RequestId", "X-Request-Id", R"({"type":"string","maxLength":128})",
       "Of this request: the one it came with where that was valid, else a new one. Also in our log."},
      {"ETag", "ETag", R"({"type":"string","pattern":"^\"[0-9]+\"$"})", "The `version`, in quotes: for `If-Match`."},
      {"Location", "Location", R"({"type":"string","format":"uri-reference"})", "The path of what was made."},
      {"RetryAfter", "Retry-After", R"({"type":"integer","minimum":1})", "Seconds until another try makes sense."},
      {"WWWAuthenticate", "WWW-Authenticate", R"({"type":"string"})", "How to authenticate."},
      {"IdempotencyReplayed", "Idempotency-Replayed", R"({"type":"string","enum":["true"]})",
       "The answer to the first request with this `Idempotency-Key`; nothing was done again."},
      {"RateLimitPolicy", "RateLimit-Policy", R"({"type":"string"})",
       "Each bucket that this request was taken from: `q` requests in `w` seconds."},
      {"RateLimit", "RateLimit", R"({"type":"string"})",
       "Of each: `r` requests are left, and it is full in `t` seconds."},
      {"XRateLimitLimit", "X-RateLimit-Limit", R"({"type":"integer","minimum":1})",
       "Of the bucket with the least left."},
      {"XRateLimitRemaining", "X-RateLimit-Remaining", R"({"type":"integer","minimum":0})",
       "Requests that are left in it."},
      {"XRateLimitReset", "X-RateLimit-Reset", R"({"type":"integer","minimum":0})", "Seconds until it is full."},
  }};
  return all;
}

std::string_view introduction() {
  return "gochron watches other people's services and wakes the right person. Monitors, alert rules, channels and "
         "incidents are plain HTTP resources that share one set of conventions, so what you learn on one holds for "
         "all.\n"
         "\n"
         "- **First steps**: [getting started](/docs/getting-started) in five requests\n"
         "- **Access**: `Authorization: Bearer <token>`, with [scopes, expiry and revocation](/docs/authentication)\n"
         "- **Lists**: `limit`, `cursor` and filters, [pages that stay stable](/docs/pagination)\n"
         "- **Writes**: `If-Match`, `Idempotency-Key`, `validate_only`: [safe to repeat](/docs/idempotency)\n"
         "- **Errors**: RFC 9457 problems with all violations at once, [each code explained](/docs/errors)\n"
         "- **Limits**: [fair shares](/docs/rate-limits), told in every answer\n"
         "- **News**: [channels](/docs/channels) of fourteen types, [webhooks](/docs/webhooks) with code that verifies "
         "them, [events](/docs/events) to follow\n"
         "\n"
         "JSON is snake_case. Every property is always there, unset is `null`. Times are RFC 3339 in UTC with "
         "milliseconds; durations are integers whose name ends in their unit. Ids carry their kind: `mon_`, `chn_`, "
         "`inc_`. What you write is returned byte for byte, or refused with the reason; an unknown property is refused "
         "with the nearest known name.";
}

std::string problem_schema() {
  core::json_writer codes;
  codes.begin_array();
  for (auto code : problem_codes())
    codes.text(code);
  codes.end_array();
  return R"({"type":"object","description":"RFC 9457. `errors` holds every violation at once.",)"
         R"("required":["type","title","status","detail","code","request_id","errors"],"properties":{)"
         R"("type":{"type":"string","format":"uri-reference","description":"Names the kind for good, and leads to its page."},)"
         R"("title":{"type":"string","description":"The kind in words."},)"
         R"("status":{"type":"integer","minimum":400,"maximum":599,"description":"As in the status line."},)"
         R"("detail":{"type":"string","description":"What happened here, for a person."},)"
         R"("instance":{"type":"string","format":"uri-reference","description":"The path of the request."},)"
         R"("code":{"type":"string","description":"The kind, for programs. There may come more.","x-extensible-enum":)" +
         codes.str() +
         R"(},"request_id":{"type":"string","description":"As in X-Request-Id."},)"
         R"("blocked_by":{"type":"array","items":{"type":"string"},"description":"Ids of what is in the way."},)"
         R"("errors":{"type":"array","description":"Each broken rule.","items":{"$ref":"#/components/schemas/Violation"}}}},)"
         R"("Violation":{"type":"object","description":"One broken rule.","required":["pointer","code","detail"],)"
         R"("properties":{"pointer":{"type":"string","description":"RFC 6901 pointer into the body, or a parameter's name."},)"
         R"("code":{"type":"string","description":"The rule, for programs."},)"
         R"("detail":{"type":"string","description":"The rule, for a person."}}})";
}

} // namespace gochron::http::openapi
