#include "http/server/response.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include <boost/beast/http/status.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "http/server/text.hpp"

namespace gochron::http {
namespace {

constexpr std::array<std::string_view, 6> owned_by_server{"date",       "content-length",    "content-type",
                                                          "connection", "transfer-encoding", "x-request-id"};

bool may_send(const response& r) {
  auto fine = [](const header& h) {
    return is_token(h.name) && is_field_value(h.value) &&
           std::none_of(owned_by_server.begin(), owned_by_server.end(),
                        [&](std::string_view own) { return iequals(own, h.name); });
  };
  return r.status >= 200 && r.status <= 599 && is_field_value(r.content_type) &&
         std::all_of(r.headers.begin(), r.headers.end(), fine);
}

// Formatted once a second a thread: it would be a tenth of the cost of a small reply.
std::string_view http_date() {
  thread_local std::time_t formatted_for = 0;
  thread_local std::string text;
  auto now = std::time(nullptr);
  if (now != formatted_for) {
    text = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    formatted_for = now;
  }
  return text;
}

std::string_view reason_of(unsigned status) {
  auto text = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {text.data(), text.size()};
}

} // namespace

bool append_reply(std::string& out, const response& r, const reply_context& c) {
  if (!may_send(r))
    return false;
  bool bodiless = r.status == 204 || r.status == 304;
  out.reserve(out.size() + 256 + r.body.size());
  auto to = std::back_inserter(out);
  fmt::format_to(to, "HTTP/1.1 {} {}\r\nDate: {}\r\nX-Request-Id: {}\r\n", r.status, reason_of(r.status), http_date(),
                 c.request_id);
  if (!r.content_type.empty() && r.status != 204)
    fmt::format_to(to, "Content-Type: {}\r\n", r.content_type);
  for (const auto& h : r.headers)
    fmt::format_to(to, "{}: {}\r\n", h.name, h.value);
  if (!bodiless && !c.stream)
    fmt::format_to(to, "Content-Length: {}\r\n", r.body.size());
  out += c.keep ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (!bodiless && !c.head)
    out += r.body;
  return true;
}

} // namespace gochron::http
