#include "net/check_judgement.hpp"

#include <algorithm>
#include <charconv>

namespace gochron::net {

namespace {

constexpr std::size_t max_excerpt = 4096;
constexpr std::size_t max_headers = 50;

bool read_number(std::string_view text, unsigned& out) {
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc{} && end == text.data() + text.size();
}

std::string joined(const std::vector<std::string>& patterns) {
  std::string out;
  for (const auto& x : patterns)
    out.append(out.empty() ? "" : ", ").append(x);
  return out;
}

std::optional<failure> content_failure(const http_check& check, const http_response& r) {
  const bool expected = std::any_of(check.expected_status.begin(), check.expected_status.end(),
                                    [&](const auto& p) { return matches_status(p, r.status); });
  if (!expected)
    return failure{reason::status_mismatch, "The server answered " + std::to_string(r.status) + ", expected " +
                                                joined(check.expected_status) + "."};
  if (check.required_keyword && r.body.find(*check.required_keyword) == std::string::npos)
    return failure{reason::keyword_missing, "The required keyword is not in the answer."};
  if (check.forbidden_keyword && r.body.find(*check.forbidden_keyword) != std::string::npos)
    return failure{reason::keyword_present, "The forbidden keyword is in the answer."};
  return std::nullopt;
}

void settle(check_outcome& out, const monitor_spec& spec, const std::optional<failure>& f) {
  if (f) {
    out.verdict = f->verdict;
    out.reason = f->reason;
    out.message = f->message;
  } else if (spec.degraded_after && out.response_time > *spec.degraded_after) {
    out.verdict = verdict::degraded;
    out.reason = reason::too_slow;
    out.message = "The answer took " + std::to_string(out.response_time.count()) + " ms, more than " +
                  std::to_string(spec.degraded_after->count()) + " ms.";
  } else {
    out.verdict = verdict::up;
    out.reason = reason::none;
    out.message.clear();
  }
}

check_outcome measured(const attempt& a) {
  check_outcome out;
  out.response_time = a.elapsed();
  out.timings = a.timings;
  out.remote_ip = a.remote_ip;
  out.remote_port = a.remote_port;
  out.certificate_expires_at = a.certificate_expires_at;
  return out;
}

} // namespace

bool matches_status(std::string_view pattern, unsigned status) {
  unsigned low = 0;
  unsigned high = 0;
  if (pattern.size() == 3 && pattern.ends_with("xx"))
    return read_number(pattern.substr(0, 1), low) && status / 100 == low;
  const auto dash = pattern.find('-');
  if (dash == std::string_view::npos)
    return read_number(pattern, low) && status == low;
  return read_number(pattern.substr(0, dash), low) && read_number(pattern.substr(dash + 1), high) && low <= status &&
         status <= high;
}

check_outcome judge(const monitor_spec& spec, const http_check& check, http_exchange x, const attempt& a,
                    bool keep_response) {
  auto out = measured(a);
  if (!x.failure && x.response)
    x.failure = content_failure(check, *x.response);
  settle(out, spec, x.failure);
  if (x.response) {
    out.http.emplace();
    out.http->status = x.response->status;
    out.http->version = x.response->version;
    if (keep_response || out.verdict != verdict::up) {
      out.http->headers = excerpt(x.response->headers, max_headers);
      out.http->body_excerpt = to_valid_utf8(x.response->body, max_excerpt);
    }
  }
  return out;
}

check_outcome judge(const monitor_spec& spec, const outcome<void>& x, const attempt& a) {
  auto out = measured(a);
  settle(out, spec, x ? std::nullopt : std::optional<failure>{x.error()});
  return out;
}

check_outcome not_made(std::string message, timestamp at) {
  check_outcome out;
  out.started_at = at;
  out.message = std::move(message);
  return out;
}

} // namespace gochron::net
