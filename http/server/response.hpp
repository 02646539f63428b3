#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gochron::http {

struct header {
  std::string name, value;
  friend bool operator==(const header&, const header&) = default;
};

/// One whole answer, as a value.
struct response {
  unsigned status = 200;    ///< 200-599
  std::string content_type; ///< empty: no such header
  /// Sent in this order. Date, Content-Length, Content-Type, Connection, Transfer-Encoding and X-Request-Id belong to
  /// the server: naming one here is a defect, answered with 500.
  std::vector<header> headers;
  /// Not sent for HEAD, 204 and 304. Keep it well below `limits::output`: a client that does not take it is dropped.
  std::string body;
  bool close = false; ///< close the connection after this answer
};

/// What a connection knows about the request that is answered.
struct reply_context {
  std::string_view request_id;
  bool head = false;   ///< answer to HEAD: Content-Length of the body, and no body
  bool keep = true;    ///< false: `Connection: close`
  bool stream = false; ///< more follows the body, up to the end of the connection: no Content-Length
};

/// Appends the answer as HTTP/1.1 bytes. False, and nothing appended, for an answer that must not be sent: a status out
/// of range, a header name that is no token, a control character in a value, a header that belongs to the server.
bool append_reply(std::string& out, const response& r, const reply_context& c);

} // namespace gochron::http
