#include "net/url.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include "net/address.hpp"

namespace gochron::net {

namespace {

constexpr std::size_t max_url = 8192;

std::string lower(std::string_view x) {
  std::string out{x};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

tl::unexpected<error> bad(std::string why) {
  return fail(errc::invalid, std::move(why));
}

bool visible_ascii(std::string_view x) {
  return std::all_of(x.begin(), x.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_label(std::string_view x) {
  return !x.empty() && x.size() <= 63 && std::all_of(x.begin(), x.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '-' || c == '_');
  });
}

status set_port(url& out, std::string_view digits) {
  if (digits.empty())
    return {};
  unsigned port = 0;
  auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (fault != std::errc{} || end != digits.data() + digits.size() || port == 0 || port > 65535)
    return bad("The port must be a number from 1 to 65535.");
  out.port = static_cast<std::uint16_t>(port);
  return {};
}

status set_authority(url& out, std::string_view authority) {
  if (authority.find('@') != std::string_view::npos)
    return bad("A user name or password does not belong in the URL: use the authentication settings.");
  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    auto close = authority.find(']');
    if (close == std::string_view::npos || !parse_address(authority.substr(0, close + 1)))
      return bad("The IPv6 address in the URL is not valid.");
    host = authority.substr(1, close - 1);
    auto rest = authority.substr(close + 1);
    if (!rest.empty() && rest.front() != ':')
      return bad("There is something between the IPv6 address and the port.");
    port = rest.empty() ? rest : rest.substr(1);
  } else {
    auto colon = authority.find(':');
    host = authority.substr(0, colon);
    if (colon != std::string_view::npos)
      port = authority.substr(colon + 1);
    if (!is_valid_host(host))
      return bad("The host name in the URL is not valid.");
  }
  out.host = lower(host);
  return set_port(out, port);
}

// RFC 3986, 5.2.4, by segments.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = false;
  for (std::size_t at = 0; at < path.size();) {
    auto next = std::min(path.find('/', at + 1), path.size());
    auto segment = path.substr(at + 1, next - at - 1);
    directory = segment == "." || segment == "..";
    if (segment == "..") {
      if (!kept.empty())
        kept.pop_back();
    } else if (segment != ".") {
      kept.push_back(segment);
    }
    at = next;
  }
  std::string out;
  for (auto x : kept)
    out.append("/").append(x);
  return directory || out.empty() ? out + '/' : out;
}

std::string normal_target(std::string_view target) {
  auto query = std::min(target.find('?'), target.size());
  return without_dot_segments(target.substr(0, query)).append(target.substr(query));
}

} // namespace

std::string url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : '[' + host + ']';
  if (port != (tls ? 443 : 80))
    out += ':' + std::to_string(port);
  return out;
}

std::string url::str() const {
  return (tls ? "https://" : "http://") + authority() + target;
}

bool is_valid_host(std::string_view host) {
  if (parse_address(host))
    return true;
  if (host.ends_with('.'))
    host.remove_suffix(1);
  if (host.empty() || host.size() > 253 || ends_in_number(host))
    return false;
  for (std::size_t at = 0; at <= host.size();) {
    auto dot = std::min(host.find('.', at), host.size());
    if (!is_label(host.substr(at, dot - at)))
      return false;
    at = dot + 1;
  }
  return true;
}

result<url> parse_url(std::string_view text) {
  if (text.size() > max_url)
    return bad("The URL is longer than 8192 characters.");
  if (!visible_ascii(text))
    return bad("The URL has a space, a control character or a character outside ASCII: encode it.");
  auto scheme_end = text.find("://");
  auto scheme = lower(text.substr(0, std::min(scheme_end, text.size())));
  if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https"))
    return bad("The URL must begin with http:// or https://.");
  url out;
  out.tls = scheme == "https";
  out.port = out.tls ? 443 : 80;
  text = text.substr(scheme_end + 3);
  text = text.substr(0, text.find('#'));
  auto authority_end = std::min(text.find_first_of("/?"), text.size());
  auto authority = text.substr(0, authority_end);
  if (authority.find('\\') != std::string_view::npos)
    return bad("A backslash does not belong in the host of a URL.");
  if (auto s = set_authority(out, authority); !s)
    return fail(s.error());
  auto target = text.substr(authority_end);
  out.target = target.empty() ? "/" : target.front() == '?' ? "/" + std::string{target} : std::string{target};
  return out;
}

result<url> resolve_reference(const url& base, std::string_view reference) {
  if (!visible_ascii(reference) || reference.size() > max_url)
    return bad("The address of the redirect is not a valid URL.");
  auto scheme_end = reference.find(':');
  if (scheme_end != std::string_view::npos && scheme_end < reference.find_first_of("/?#"))
    return parse_url(reference);
  if (reference.starts_with("//"))
    return parse_url((base.tls ? "https:" : "http:") + std::string{reference});
  reference = reference.substr(0, reference.find('#'));
  const auto path = std::string_view{base.target}.substr(0, base.target.find('?'));
  url out = base;
  if (reference.empty())
    return out;
  if (reference.front() == '/')
    out.target = normal_target(reference);
  else if (reference.front() == '?')
    out.target = std::string{path} + std::string{reference};
  else
    out.target = normal_target(std::string{path.substr(0, path.rfind('/') + 1)} + std::string{reference});
  return out;
}

} // namespace gochron::net
