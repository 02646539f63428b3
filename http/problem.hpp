#pragma once
#include <string_view>
#include <vector>

#include "gochron/error.hpp"
#include "http/server/response.hpp"

/// Failures as clients see them: RFC 9457 `application/problem+json`.
namespace gochron::http {

/// One kind of failure. `type` of a problem is the relative reference `/docs/problems/<code with dashes>`: it names the
/// kind for good, whatever host serves the page.
struct problem_kind {
  unsigned status;
  std::string_view code; ///< stable, snake_case
  std::string_view title;
};

/// The one table from our errors to the wire.
const problem_kind& kind_of(errc code);

/// Every code of ours, each once.
std::vector<std::string_view> problem_codes();

/// The answer to a request that failed with `e`. Never shows internals: the detail of `errc::internal` stays here.
/// `instance` is the path of the request; empty: left out. Adds `Retry-After` and `WWW-Authenticate` where they belong.
response problem_response(const error& e, std::string_view instance, std::string_view request_id);

/// For what HTTP itself refuses and no `errc` stands for: 404 to 505. An unknown status is taken for 500.
response problem_response(unsigned status, std::string_view detail, std::string_view instance,
                          std::string_view request_id);

} // namespace gochron::http
