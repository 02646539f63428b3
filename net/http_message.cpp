#include "net/http_message.hpp"

#include <algorithm>
#include <array>

#include <boost/beast/core/string.hpp>
#include <openssl/evp.h>

namespace gochron::net {

namespace {

using boost::beast::iequals;

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view x) {
    return iequals({name.data(), name.size()}, {x.data(), x.size()});
  });
}

constexpr std::array<std::string_view, 8> framing{
    "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect"};
constexpr std::array<std::string_view, 1> authorization{"authorization"};
constexpr std::array<std::string_view, 4> credentials{"authorization", "proxy-authorization", "cookie", "cookie2"};
constexpr std::array<std::string_view, 4> of_body{"content-type", "content-encoding", "content-language",
                                                  "content-location"};

bool has(const std::vector<name_value>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const name_value& h) { return is_one_of(h.name, std::array<std::string_view, 1>{name}); });
}

std::string base64(std::string_view x) {
  std::string out(4 * ((x.size() + 2) / 3) + 1, '\0'); // OpenSSL ends it with a NUL
  const auto n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                 reinterpret_cast<const unsigned char*>(x.data()), static_cast<int>(x.size()));
  out.resize(static_cast<std::size_t>(n));
  return out;
}

void append(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool expects_length(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

} // namespace

std::string_view http_response::header(std::string_view name) const {
  for (const auto& h : headers)
    if (iequals({h.first.data(), h.first.size()}, {name.data(), name.size()}))
      return h.second;
  return {};
}

std::string authorization_of(const http_auth& x) {
  switch (x.type) {
  case auth_kind::basic:
    return "Basic " + base64(x.username.value_or("") + ':' + x.password.value_or(""));
  case auth_kind::bearer:
    return "Bearer " + x.token.value_or("");
  case auth_kind::none:
    break;
  }
  return {};
}

bool is_token(std::string_view x) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !x.empty() && std::all_of(x.begin(), x.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view x) {
  return std::none_of(x.begin(), x.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

std::string defect_of(const http_request& x) {
  if (!is_token(x.method))
    return "The request method is not valid.";
  if (!is_field_value(x.authorization))
    return "The credentials have a character that cannot be sent.";
  for (const auto& h : x.headers) {
    if (!is_token(h.name))
      return "A request header has a name that cannot be sent.";
    if (!is_field_value(h.value))
      return "The request header " + h.name + " has a value that cannot be sent.";
  }
  return {};
}

std::string head_of(const http_request& x) {
  std::string out = x.method + ' ' + x.url.target + " HTTP/1.1\r\n";
  if (!has(x.headers, "host"))
    append(out, "Host", x.url.authority());
  for (const auto& h : x.headers)
    if (!is_one_of(h.name, framing) && (x.authorization.empty() || !is_one_of(h.name, authorization)))
      append(out, h.name, h.value);
  if (!x.authorization.empty())
    append(out, "Authorization", x.authorization);
  if (!has(x.headers, "user-agent"))
    append(out, "User-Agent", "gochron/" GOCHRON_VERSION);
  if (!has(x.headers, "accept"))
    append(out, "Accept", "*/*");
  if (!has(x.headers, "accept-encoding"))
    append(out, "Accept-Encoding", "identity");
  if (x.body || expects_length(x.method))
    append(out, "Content-Length", std::to_string(x.body ? x.body->size() : 0));
  return out.append(x.keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
}

outcome<bool> redirect(http_request& x, const http_response& response) {
  const auto status = response.status;
  const auto location = response.header("location");
  const bool redirects = (status >= 301 && status <= 303) || status == 307 || status == 308;
  if (!redirects || location.empty())
    return false;
  auto target = resolve_reference(x.url, location);
  if (!target)
    return failed(reason::protocol_error, "The server redirects to an address that is not a valid http(s) URL.");
  const auto drop = [&](const auto& names) {
    std::erase_if(x.headers, [&](const name_value& h) { return is_one_of(h.name, names); });
  };
  if (!target->same_origin(x.url)) {
    drop(credentials);
    drop(std::array<std::string_view, 1>{"host"});
    x.authorization.clear();
  }
  if (target->host != x.url.host)
    x.tls.server_name.reset(); // it named the first host
  const bool to_get = status == 303 ? x.method != "HEAD" : status <= 302 && x.method == "POST";
  if (to_get) {
    x.method = "GET";
    x.body.reset();
    drop(of_body);
  }
  x.url = std::move(*target);
  return true;
}

} // namespace gochron::net
