#include <algorithm>
#include <cctype>

#include <zlib.h>

#include "http/operation.hpp"
#include "http/server/text.hpp"
#include "http/site_files.hpp"

/// Pages for people: the reference, the guides, and what they are drawn with. One hidden operation a file.
namespace gochron::http {
namespace {

// Whether an Accept-Encoding takes gzip. Only `q=0` is a refusal; weights are not weighed.
bool takes_gzip(std::string_view accept) {
  while (!accept.empty()) {
    auto comma = accept.find(',');
    auto one = trimmed(accept.substr(0, comma));
    auto semicolon = one.find(';');
    auto coding = trimmed(one.substr(0, semicolon));
    auto weight = semicolon == std::string_view::npos ? std::string_view{} : trimmed(one.substr(semicolon + 1));
    bool refused = weight.starts_with("q=0") && weight.find_first_not_of("q=0.") == std::string_view::npos;
    if ((iequals(coding, "gzip") || iequals(coding, "x-gzip") || coding == "*") && !refused)
      return true;
    accept = comma == std::string_view::npos ? std::string_view{} : accept.substr(comma + 1);
  }
  return false;
}

// For the few clients that do not take gzip. The input is our own, so a failure is a defect of the build.
std::string unpack(const site_file& file) {
  std::string plain(file.plain_size, '\0');
  z_stream z{};
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.packed.data()));
  z.avail_in = static_cast<uInt>(file.packed.size());
  z.next_out = reinterpret_cast<Bytef*>(plain.data());
  z.avail_out = static_cast<uInt>(plain.size());
  if (inflateInit2(&z, 16 + MAX_WBITS) == Z_OK) {
    inflate(&z, Z_FINISH);
    inflateEnd(&z);
  }
  return plain;
}

void serve(const call& c, const site_file& file) {
  auto tag = "W/\"" + std::string{file.etag} + '"'; // weak: both codings carry it
  response r;
  r.headers = {
      {"ETag", tag},
      {"Vary", "Accept-Encoding"},
      {"Cache-Control", file.forever ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"}};
  if (!file.policy.empty())
    r.headers.push_back({"Content-Security-Policy", std::string{file.policy}});
  auto known = c.request().header("If-None-Match");
  if (known && (known->find(file.etag) != std::string_view::npos || trimmed(*known) == "*")) {
    r.status = 304;
    return c.answer(std::move(r));
  }
  r.content_type = file.content_type;
  auto accept = c.request().header("Accept-Encoding");
  // Unpacked, the renderer is more than a connection may owe its client; no browser asks for it like that.
  constexpr std::size_t most_unpacked = 1024 * 1024;
  if (file.plain_size > most_unpacked || (accept && takes_gzip(*accept))) {
    r.headers.push_back({"Content-Encoding", "gzip"});
    r.body = file.packed;
  } else
    r.body = unpack(file);
  c.answer(std::move(r));
}

} // namespace

operations site_operations() {
  operations all;
  for (const auto& file : site_files()) {
    operation op;
    op.method = "GET";
    op.path = file.path;
    op.tag = "System";
    op.hidden = true;
    op.ok = {200, "A page.", nullptr, false, false, std::string{file.content_type}};
    op.run = [&file](call c) { serve(c, file); };
    all.push_back(std::move(op));
  }
  return all;
}

} // namespace gochron::http
