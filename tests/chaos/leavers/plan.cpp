#include "chaos/leavers/plan.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace gochron::chaos {
namespace {

std::string with_id(std::string text, std::string_view id) {
  constexpr std::string_view mark{"%ID%"};
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark))
    text.replace(at, mark.size(), id);
  return text;
}

std::string_view header(std::string_view head, std::string_view name) {
  auto at = head.find(fmt::format("\r\n{}: ", name));
  if (at == std::string_view::npos)
    return {};
  at += name.size() + 4;
  return head.substr(at, head.find("\r\n", at) - at);
}

std::size_t number(std::string_view text) {
  std::size_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

} // namespace

route parse_route(const std::string& line, std::string& token) {
  std::vector<std::string> fields(1);
  for (char c : line)
    if (c == '\t')
      fields.emplace_back();
    else
      fields.back() += c;
  if (fields.size() != 6)
    throw std::runtime_error("a route has six fields: " + line);
  token = fields[5];
  return {fields[0], fields[1], static_cast<int>(number(fields[2])), fields[3], fields[4]};
}

void planner::add_request(plan& p) {
  const auto& r = routes_[below(routes_.size())];
  auto id = fmt::format("leaver-{}", ++requests_);
  auto body = with_id(r.body, id);
  p.bytes += fmt::format("{} {} HTTP/1.1\r\nHost: chaos\r\nX-Request-Id: {}\r\nAuthorization: Bearer {}\r\n", r.method,
                         r.path, id, token_);
  if (r.method != "GET" && r.method != "HEAD")
    p.bytes += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  p.bytes += "\r\n" + body;
  p.owed.push_back({id, r.status, with_id(r.needle, id), r.method == "HEAD"});
}

plan planner::next() {
  plan p;
  p.what = static_cast<fate>(below(4));
  p.reset = below(2) == 0;
  for (auto n = 1 + below(p.what == fate::stay ? 12 : 4); n > 0; --n)
    add_request(p);
  p.after_bytes = p.what == fate::leave_sending ? below(p.bytes.size() + 1) : below(2'000);
  p.after = std::chrono::microseconds{below(below(8) == 0 ? 20'000 : 2'000)};
  return p;
}

verdict judge(std::string& bytes, const expected& owed) {
  verdict v;
  auto end = bytes.find("\r\n\r\n");
  if (end == std::string::npos)
    return v;
  std::string_view head{bytes.data(), end + 2};
  auto size = owed.to_head ? 0 : number(header(head, "Content-Length"));
  if (bytes.size() < end + 4 + size)
    return v;
  v.whole = true;
  auto status = static_cast<int>(number(head.substr(std::min<std::size_t>(9, head.size()), 3)));
  auto body = std::string_view{bytes}.substr(end + 4, size);
  if (header(head, "X-Request-Id") != owed.id)
    v.wrong = fmt::format("{} got the answer of another: {}", owed.id, head);
  else if (status == 503)
    v.busy = true;
  else if (status != owed.status || (!owed.to_head && body.find(owed.needle) == std::string_view::npos))
    v.wrong = fmt::format("{} wants {} with `{}` but got {} {}", owed.id, owed.status, owed.needle, head, body);
  bytes.erase(0, end + 4 + size);
  return v;
}

} // namespace gochron::chaos
