#pragma once
#include <memory>
#include <string>

#include "gochron/clock.hpp"

namespace gochron::app {

/// What came of one request.
struct api_answer {
  int status = 0;         ///< of HTTP; 0: there was no answer, and `trouble` says why
  std::string body;       ///< whole, or its first 4 MiB
  std::string location;   ///< where a redirect leads; they are not followed, for the token is not theirs
  seconds retry_after{0}; ///< what the server asked for; at most 30 days
  std::string trouble;    ///< a sentence for a person
  bool is_final = false;  ///< no answer, and asking again cannot help: a bad URL, a certificate nobody vouches for
};

/// How a server is reached.
struct api_access {
  std::string url; ///< http or https, perhaps with a path before `/api`
  std::string token;
  std::string ca_file; ///< PEM; empty: the system's authorities
};

/// Asks another gochron over HTTP, as whoever holds the token. Blocks; one thread at a time. Proxies come from the
/// usual environment variables.
class api_client {
public:
  explicit api_client(api_access to);
  ~api_client();

  /// `path` with its query, beginning with `/api`.
  api_answer get(const std::string& path, milliseconds within);

private:
  struct handle;
  std::unique_ptr<handle> handle_;
};

} // namespace gochron::app
