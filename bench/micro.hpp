#pragma once

namespace gochron::bench {

/// Prints the cost of the decisions and codecs that every check, request and delivery passes through.
void micro();

} // namespace gochron::bench
