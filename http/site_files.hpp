#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace gochron::http {

/// One file of /docs, inside the binary. Made by docs/reference/build.mjs at build time.
struct site_file {
  std::string_view path; ///< `/docs/webhooks`
  std::string_view content_type;
  std::string_view policy; ///< Content-Security-Policy of a page; empty for an asset
  std::string_view etag;   ///< without quotes
  bool forever;            ///< the name changes with the content, so it may be kept
  std::size_t plain_size;  ///< bytes once unpacked
  std::string_view packed; ///< gzip
};

/// All of them, each path once.
std::span<const site_file> site_files();

} // namespace gochron::http
