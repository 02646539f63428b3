#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gochron::http {

struct header_view {
  std::string_view name, value;
};

/// One whole request. Views point into `storage`, which every copy shares: a request, or only its body, may be kept
/// and handed to another thread at the price of a reference count.
struct request {
  std::string_view method; ///< as sent; case matters
  std::string_view target; ///< as sent
  /// The path's segments, percent-decoded after splitting at `/`: `/a%2Fb/c` is {"a/b", "c"}, `/` is {}, and `/a/` is
  /// {"a", ""}. Valid UTF-8 without NUL.
  std::vector<std::string> path;
  std::vector<std::pair<std::string, std::string>> query; ///< decoded, in order, `+` is a space
  std::vector<header_view> headers;                       ///< in order; trailers are not among them
  std::shared_ptr<const std::string> body;                ///< never null
  std::string peer_ip; ///< of the client, behind trusted proxies too; `unix` when only a socket file is known
  std::string request_id;
  std::shared_ptr<const void> storage;

  /// The target up to `?`, as sent: what `instance` of a problem shows.
  std::string_view raw_path() const { return target.substr(0, target.find('?')); }

  /// The first such header, case-insensitive; unset when there is none.
  std::optional<std::string_view> header(std::string_view name) const;

  /// The first value of that key; unset when there is none.
  std::optional<std::string_view> query_value(std::string_view key) const;
};

} // namespace gochron::http
