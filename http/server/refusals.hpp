#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "http/server/options.hpp"

/// What we refuse of a request's head beyond what the parser does: every shape on which two HTTP implementations are
/// known to disagree (request smuggling), and junk, as early as it shows.
namespace gochron::http {

/// Ends the connection: after it, nobody knows where the next request begins.
struct refusal {
  unsigned status = 400;
  std::string_view detail; ///< a literal
};

/// Looks at the bytes from `from` on of a head that may be incomplete; `text` starts with the request line. Finds bytes
/// that no head contains (control characters, a line feed alone, a TLS hello) and lines that got too long.
std::optional<refusal> refuse_bytes(std::string_view text, std::size_t from, const limits& l);

/// Looks at a complete head, with its empty line, in which `refuse_bytes` found nothing.
std::optional<refusal> refuse_head(std::string_view head, const limits& l);

} // namespace gochron::http
