/// Where users and redirects send us: URLs, hosts, addresses, and the blocks that a policy names.
#include <string>

#include "fuzz/fuzz.hpp"
#include "net/address.hpp"
#include "net/egress_guard.hpp"
#include "net/text.hpp"
#include "net/url.hpp"

using namespace gochron;
using namespace gochron::net;
using fuzz::must;

namespace {

bool is_printable(std::string_view text) {
  for (char c : text)
    if (c <= 0x20 || c >= 0x7f)
      return false;
  return true;
}

void look_at(const url& x) {
  must(x.port != 0, "a port is a port");
  must(is_valid_host(x.host), "a host can be connected to");
  must(!ends_in_number(x.host) || parse_address(x.host), "what looks like an address is one");
  must(x.target.starts_with('/') && is_printable(x.target) && is_printable(x.authority()),
       "a request line is one line");
  auto again = parse_url(x.str());
  must(again && again->same_origin(x) && again->target == x.target, "a URL is read as it is written");
}

void look_at(const ip_address& x) {
  auto same = parse_address(x.to_string());
  must(same && *same == x, "an address is read as it is written");
  must(classify(canonical(x)) == classify(x), "an address is what it is mapped to");
  static const egress_guard hosted{{}};
  must(!hosted.permits(x) || classify(x) == address_class::global,
       "a hosted installation reaches global addresses only");
}

void look_at(const cidr& x) {
  auto width = x.v6 ? 128U : 32U;
  must(x.prefix <= width, "a prefix fits its family");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  if (auto x = parse_url(text))
    look_at(*x);
  static const auto base = parse_url("https://a.example:8443/b/c?d=e").value();
  if (auto x = resolve_reference(base, text))
    look_at(*x);
  if (auto x = parse_url("http://" + std::string{text} + "/"))
    look_at(*x);
  if (auto x = parse_address(text))
    look_at(*x);
  if (auto x = parse_cidr(text))
    look_at(*x);
  auto clean = to_valid_utf8(text, 256);
  must(clean.size() <= 256 && to_valid_utf8(clean, 256) == clean, "clean text stays as it is");
  return 0;
}
