#pragma once
#include <string>
#include <vector>

#include "app/configuration.hpp"

namespace gochron::app {

struct token_request {
  std::string name;
  std::vector<std::string> scopes;
  std::string organization; ///< an id; empty: the first
  bool if_none = false;     ///< only when there is no token at all
};

/// Makes a token and prints its secret, and nothing else, on standard output. Works beside a running server.
int create_token(const configuration& c, const token_request& wanted);

/// Brings the schema up to this binary, or says what would be done.
int migrate(const configuration& c, bool dry_run);

} // namespace gochron::app
