/// The bytes of one connection: where requests begin and end, however the network cuts them, and what their targets and
/// the proxies before us say.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "http/server/framer.hpp"
#include "http/server/peer.hpp"
#include "http/server/request_id.hpp"
#include "http/server/target.hpp"
#include "http/server/text.hpp"

using namespace gochron;
using namespace gochron::http;
using fuzz::must;

namespace {

void look_at(const request& r) {
  must(r.method.size() <= 16 && r.target.size() <= 8 * 1024, "the request line is bounded");
  must(r.body && r.body->size() <= 4'096, "the body is bounded");
  must(r.headers.size() <= 100, "the number of headers is bounded");
  for (const auto& h : r.headers)
    must(is_token(h.name) && is_field_value(h.value), "a header is one line");
  if (auto target = decode_target(r.target))
    for (const auto& segment : target->path)
      must(is_utf8(segment) && segment.find('\0') == std::string::npos, "a path is text");
  auto id = take_request_id(r.header("x-request-id"));
  must(!id.empty() && id.size() <= 128 && is_token(id), "a request id fits into a header");
  static const trusted_proxies proxies{{"10.0.0.0/8", "::1"}};
  if (auto list = r.header("x-forwarded-for"))
    must(is_utf8(proxies.client_of({"10.1.2.3", true, false}, *list)), "an address is text");
}

// What comes of `bytes` in fragments of `size`: a line a request. Refusals do not count: in fragments one may come with
// the next bytes only.
std::vector<std::string> judged(std::string_view bytes, std::size_t size) {
  static const options small = [] {
    options o;
    o.limits.body = 4'096;
    return o;
  }();
  framer f(small);
  std::vector<std::string> found;
  while (!bytes.empty()) {
    f.append(bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
    for (auto step = f.advance(); step != framer::step::hungry; step = f.advance()) {
      if (step == framer::step::refused) {
        must(f.why().status >= 400 && f.why().status < 600 && !f.why().detail.empty(), "a refusal has a reason");
        return found;
      }
      f.take_continue();
      auto line = std::string{f.is_safe() ? "safe " : ""} + (f.keeps_alive() ? "keep " : "");
      auto r = f.take();
      look_at(r);
      found.push_back(line.append(r.method).append(" ").append(r.target).append(" ").append(*r.body));
    }
  }
  return found;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto bytes = fuzz::text_of(data, size);
  auto fragment = 1U + fuzz::take_choice(bytes);
  auto whole = judged(bytes, bytes.size());
  must(judged(bytes, fragment) == whole, "requests are the same however they are cut");
  if (bytes.size() < 2'048)
    must(judged(bytes, 1) == whole, "requests are the same byte by byte");
  return 0;
}
