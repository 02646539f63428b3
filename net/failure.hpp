#pragma once
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "gochron/check.hpp"

namespace gochron::net {

/// Why an attempt did not get through: what the outcome will say.
struct failure {
  gochron::reason reason = gochron::reason::probe_error;
  std::string message;
  gochron::verdict verdict = gochron::verdict::down;
};

template <class T>
using outcome = tl::expected<T, failure>;

inline tl::unexpected<failure> failed(reason r, std::string message) {
  return tl::unexpected<failure>(failure{r, std::move(message), verdict::down});
}

/// Our own fault: it says nothing about the target and never votes.
inline tl::unexpected<failure> our_fault(std::string message) {
  return tl::unexpected<failure>(failure{reason::probe_error, std::move(message), verdict::error});
}

} // namespace gochron::net
