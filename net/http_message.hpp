#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gochron/monitor.hpp"
#include "net/failure.hpp"
#include "net/text.hpp"
#include "net/url.hpp"

namespace gochron::net {

/// One request, whole. What a user configured is in it unchanged; the client adds Host, framing and `Connection`.
struct http_request {
  net::url url;
  std::string method = "GET";
  std::vector<name_value> headers;
  std::shared_ptr<const std::string> body; ///< null: none
  std::string authorization;               ///< of the Authorization header; empty: none
  ip_version ip = ip_version::any;
  tls_options tls;
  bool follow_redirects = false;
  std::uint32_t max_redirects = 0;
  std::size_t body_cap = 64 * 1024; ///< of the response; what is beyond is not read
  bool keep_alive = false;          ///< the server may keep the connection open after its answer
};

struct http_response {
  std::uint16_t status = 0;
  std::string version; ///< `1.1` or `1.0`
  header_list headers;
  std::string body; ///< at most body_cap
  bool cut = false; ///< there was more body than that

  /// The first such header's value; empty when there is none. Case does not matter.
  std::string_view header(std::string_view name) const;
};

/// The value of an Authorization header; empty for `none`.
std::string authorization_of(const http_auth& x);

/// RFC 9110 token: what a method or a header's name may be.
bool is_token(std::string_view x);

/// No CR, LF or NUL, nor another control character but tab.
bool is_field_value(std::string_view x);

/// Empty, or a sentence that says which part of the request cannot be sent.
std::string defect_of(const http_request& x);

/// The request line and the headers, with the empty line at their end. Leaves out configured headers that would change
/// the framing (Content-Length, Transfer-Encoding, Connection, ...).
std::string head_of(const http_request& x);

/// Turns `x` into the request that `response` redirects to: target, method, body and credentials. False when it is not
/// a redirect that can be followed; a failure when it points nowhere.
outcome<bool> redirect(http_request& x, const http_response& response);

} // namespace gochron::net
