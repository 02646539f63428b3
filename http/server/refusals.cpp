#include "http/server/refusals.hpp"

#include <algorithm>

#include "http/server/text.hpp"

namespace gochron::http {
namespace {

constexpr std::size_t longest_method = 16;

std::optional<refusal> bad(std::string_view detail) {
  return refusal{400, detail};
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// TLS, SSH or SMTP on this port shows in the first bytes; waiting for an empty line would mean waiting for ever.
bool starts_like_a_request(std::string_view text) {
  auto method = text.substr(0, text.find(' '));
  return method.size() <= longest_method &&
         std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::optional<refusal> refuse_target(std::string_view method, std::string_view target) {
  auto unfit = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f; };
  if (target.empty() || std::any_of(target.begin(), target.end(), unfit))
    return bad("The request target contains a byte that must be percent-encoded.");
  if (target.front() != '/' && !(target == "*" && method == "OPTIONS"))
    return bad("The request target must be a path.");
  return std::nullopt;
}

// RFC 3986 host and port, or nothing at all. Host ends up in links that we write, so it must not carry anything else.
bool may_be_host(std::string_view value) {
  constexpr std::string_view marks{"-._~!$&'()*+,;=:[]%"};
  return std::all_of(value.begin(), value.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

// What the lines of one head say about where its body ends.
struct head_facts {
  bool http_1_0 = false;
  std::size_t lines = 0, hosts = 0, lengths = 0, encodings = 0;
  bool chunked = true; // every Transfer-Encoding is exactly that
};

std::optional<refusal> refuse_request_line(std::string_view line, head_facts& facts) {
  auto first = line.find(' ');
  auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || line.find(' ', first + 1) != last)
    return bad("The request line is not `method target version`.");
  auto version = line.substr(last + 1);
  facts.http_1_0 = version == "HTTP/1.0";
  if (!facts.http_1_0 && version != "HTTP/1.1") {
    if (version.starts_with("HTTP/"))
      return refusal{505, "This server speaks HTTP/1.1."};
    return bad("The request line does not end with an HTTP version.");
  }
  if (first == last)
    return bad("The request line has no target.");
  return refuse_target(line.substr(0, first), line.substr(first + 1, last - first - 1));
}

std::optional<refusal> refuse_field(std::string_view line, head_facts& facts) {
  if (line.front() == ' ' || line.front() == '\t')
    return bad("A header line is folded.");
  auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return bad("A header line is not `name: value`.");
  auto name = line.substr(0, colon);
  auto value = trimmed(line.substr(colon + 1));
  if (iequals(name, "host")) {
    ++facts.hosts;
    if (!may_be_host(value))
      return bad("Host is not the name or address of a host.");
  } else if (iequals(name, "content-length")) {
    ++facts.lengths;
    if (!all_digits(value))
      return bad("Content-Length is not a number.");
  } else if (iequals(name, "transfer-encoding")) {
    ++facts.encodings;
    facts.chunked = facts.chunked && iequals(value, "chunked");
  } else if (iequals(name, "expect") && !facts.http_1_0 && !iequals(value, "100-continue")) {
    return refusal{417, "The only expectation met here is 100-continue."};
  }
  return std::nullopt;
}

std::optional<refusal> refuse_facts(const head_facts& facts) {
  if (facts.hosts > 1 || (facts.hosts == 0 && !facts.http_1_0))
    return bad("A request has exactly one Host.");
  if (facts.lengths > 1)
    return bad("Content-Length is given twice.");
  if (facts.encodings > 0 && (facts.lengths > 0 || facts.http_1_0))
    return bad("Transfer-Encoding is not allowed here.");
  if (facts.encodings > 1 || !facts.chunked)
    return refusal{501, "The only transfer coding understood here is chunked."};
  return std::nullopt;
}

} // namespace

std::optional<refusal> refuse_bytes(std::string_view text, std::size_t from, const limits& l) {
  if (from < longest_method + 1 && !starts_like_a_request(text))
    return bad("This is not an HTTP request.");
  for (std::size_t i = from; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' ? i == 0 || text[i - 1] != '\r' : i > 0 && text[i - 1] == '\r')
      return bad("A line does not end with CR LF.");
    if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
      return bad("The head contains a control character.");
  }
  if (from <= l.line + 1 && text.substr(0, l.line + 2).find("\r\n") == std::string_view::npos &&
      text.size() > l.line + 1)
    return refusal{414, "The request line is too long."};
  return std::nullopt;
}

std::optional<refusal> refuse_head(std::string_view head, const limits& l) {
  head_facts facts;
  auto end = head.find("\r\n");
  if (auto no = refuse_request_line(head.substr(0, end), facts))
    return no;
  for (head.remove_prefix(end + 2); !head.starts_with("\r\n"); head.remove_prefix(end + 2)) {
    end = head.find("\r\n");
    if (++facts.lines > l.headers)
      return refusal{431, "There are too many headers."};
    if (auto no = refuse_field(head.substr(0, end), facts))
      return no;
  }
  return refuse_facts(facts);
}

} // namespace gochron::http
