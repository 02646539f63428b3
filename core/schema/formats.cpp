#include "core/schema/formats.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <re2/re2.h>

#include "core/calendar_buckets.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace {

bool is_address(std::string_view x) {
  unsigned char bytes[16];
  std::string text{x};
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 || inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

bool is_port(std::string_view digits) {
  unsigned port = 0;
  auto end = digits.data() + digits.size();
  return std::from_chars(digits.data(), end, port).ptr == end && port >= 1 && port <= 65535;
}

std::string lower(std::string_view x) {
  std::string text{x};
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

bool is_managed(std::string_view name, const std::vector<std::string_view>& managed) {
  auto plain = lower(name);
  return std::any_of(managed.begin(), managed.end(), [&](std::string_view m) {
    return m.ends_with('*') ? plain.starts_with(m.substr(0, m.size() - 1)) : plain == m;
  });
}

type_ptr<std::string> checked(text_rules rules, std::optional<std::string> (*fault)(std::string_view)) {
  rules.check = [fault](std::string_view x) -> std::optional<complaint> {
    if (auto why = fault(x))
      return complaint{"invalid_format", std::move(*why)};
    return std::nullopt;
  };
  return text(std::move(rules));
}

class time_of_day_type final : public type<std::chrono::minutes> {
public:
  time_of_day_type() : type({.kind = json_kind::text, .pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"}) {}
  void read(const json_value& from, std::chrono::minutes& x, reader& r) const override {
    auto s = read_text(from, r);
    if (!s)
      return;
    if (auto at = s->size() == 5 ? parse_rfc3339("2000-01-01T" + *s + ":00Z") : std::nullopt)
      x = std::chrono::floor<std::chrono::minutes>(*at - std::chrono::floor<std::chrono::days>(*at));
    else
      r.fail("invalid_format", "Expected a time of day from 00:00 to 23:59.");
  }
  void write(const std::chrono::minutes& x, json_writer& w, const write_options&) const override {
    w.text(fmt::format("{:02}:{:02}", x.count() / 60, x.count() % 60));
  }
};

} // namespace

bool is_host(std::string_view x) {
  // What ends in a number is an address or a mistyped one, which resolvers read in surprising ways (127.1, 0x7f.1).
  static const re2::RE2 number{R"((?i)(.*\.)?([0-9]+|0x[0-9a-f]*)\.?)"};
  static const re2::RE2 name{R"((?i)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.?)"};
  if (x.empty() || x.size() > 253)
    return false;
  if (is_address(x))
    return true;
  return !re2::RE2::FullMatch(x, number) && re2::RE2::FullMatch(x, name);
}

std::optional<std::string> url_fault(std::string_view x) {
  static const re2::RE2 shape{R"((?i)https?://([^/?#]*)([/?#].*)?)"};
  static const re2::RE2 place{R"((\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?)"};
  if (x.size() > 2048)
    return "At most 2048 bytes.";
  if (std::any_of(x.begin(), x.end(), [](char c) { return c <= ' ' || c > '~'; }))
    return "Only visible ASCII: percent-encode anything else, and write the host as punycode.";
  std::string authority, host, port;
  if (!re2::RE2::FullMatch(x, shape, &authority))
    return "Expected a URL that begins with http:// or https://.";
  if (authority.find('@') != std::string::npos)
    return "User information is not accepted in a URL.";
  if (!re2::RE2::FullMatch(authority, place, &host, &port))
    return "The host or port is not valid.";
  bool bracketed = host.starts_with('[');
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  if (!is_host(host) || bracketed != (host.find(':') != std::string::npos))
    return "The host is not valid.";
  if (!port.empty() && !is_port(port))
    return "The port must be between 1 and 65535.";
  return std::nullopt;
}

bool is_header_name(std::string_view x) {
  static const re2::RE2 token{R"([!#$%&'*+.^_`|~0-9A-Za-z-]+)"};
  return re2::RE2::FullMatch(x, token);
}

bool is_header_value(std::string_view x) {
  if (std::any_of(x.begin(), x.end(), [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; }))
    return false;
  auto blank = [](char c) { return c == ' ' || c == '\t'; };
  return x.empty() || (!blank(x.front()) && !blank(x.back()));
}

std::optional<std::string> certificates_fault(std::string_view pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
  std::size_t found = 0;
  while (found < 100) {
    std::unique_ptr<X509, decltype(&X509_free)> one{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free};
    if (!one)
      break;
    ++found;
  }
  bool exhausted = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (found > 0 && exhausted)
    return std::nullopt;
  return found == 0 ? "Expected certificates in PEM form." : fmt::format("Certificate {} cannot be read.", found + 1);
}

type_ptr<std::string> line_text(std::size_t min, std::size_t max) {
  return text({.min = min, .max = max, .pattern = R"(^[^\x00-\x1f\x7f]*$)"});
}

type_ptr<std::string> url_text() {
  constexpr auto shape =
      R"(^[Hh][Tt][Tt][Pp][Ss]?://(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z_.-]+)(:[0-9]{1,5})?([/?#][!-~]*)?$)";
  return checked({.max = 2048, .format = "uri", .shape = shape}, url_fault);
}

type_ptr<std::string> host_text() {
  return checked({.min = 1, .max = 253, .shape = "^[0-9A-Za-z_.:-]+$"},
                 [](std::string_view x) -> std::optional<std::string> {
                   if (is_host(x))
                     return std::nullopt;
                   return "Expected a host name, an IPv4 address or an IPv6 address without brackets.";
                 });
}

type_ptr<std::string> tag_text() {
  return text({.min = 1, .max = 200, .pattern = R"(^[^:,\x00-\x20\x7f]{1,100}(:[^,\x00-\x20\x7f]{1,100})?$)"});
}

type_ptr<std::vector<name_value>> header_list(std::vector<std::string_view> managed) {
  auto item = std::make_shared<object_schema<name_value>>("Header", "One header, sent exactly as written.");
  auto name_check = [managed = std::move(managed)](std::string_view x) -> std::optional<complaint> {
    if (!is_header_name(x))
      return complaint{"invalid_format", "Expected an RFC 9110 token."};
    if (is_managed(x, managed))
      return complaint{"invalid_format", "This header is written by us."};
    return std::nullopt;
  };
  item->property("name", &name_value::name,
                 text({.min = 1, .max = 128, .shape = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", .check = name_check}),
                 {.doc = "The field name, an RFC 9110 token.", .example = R"("Accept")", .required = true});
  item->property(
      "value", &name_value::value,
      checked({.max = 4096, .shape = R"(^([^\x00-\x20\x7f]([^\x00-\x08\x0a-\x1f\x7f]*[^\x00-\x20\x7f])?)?$)"},
              [](std::string_view x) -> std::optional<std::string> {
                if (is_header_value(x))
                  return std::nullopt;
                return "No control characters, and no space at either end.";
              }),
      {.doc = "The field value.", .example = R"("text/html")", .required = true});
  return array_of<name_value>(item, {.max = 50});
}

object_ptr<tls_options> tls_options_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<tls_options>>("TlsOptions", "How the target's certificate is judged.");
    s->property("verify", &tls_options::verify, boolean(),
                {.doc = "Whether an invalid certificate fails the check.", .example = "true"});
    s->property("server_name", &tls_options::server_name, host_text(),
                {.doc = "The name to ask for (SNI) and to verify; unset: the host of the target.",
                 .example = R"("www.example.com")"});
    s->property("ca_pem", &tls_options::ca_pem,
                checked({.max = 65536, .shape = "-----BEGIN [0-9A-Z ]*CERTIFICATE-----"}, certificates_fault),
                {.doc = "Certificates in PEM form to trust in place of the system's.", .example = "null"});
    return s;
  }();
  return schema;
}

type_ptr<std::string> time_zone_text() {
  return text({.min = 1,
               .max = 64,
               .shape = "^[A-Za-z][A-Za-z0-9_+/-]*$",
               .check = [](std::string_view x) -> std::optional<complaint> {
                 if (is_time_zone(x))
                   return std::nullopt;
                 return complaint{"unknown_time_zone", "No such IANA time zone."};
               }});
}

type_ptr<std::chrono::minutes> time_of_day_text() {
  static const auto one = std::make_shared<time_of_day_type>();
  return one;
}

} // namespace gochron::core
