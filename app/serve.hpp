#pragma once
#include "app/configuration.hpp"

namespace gochron::app {

/// Runs the server until SIGTERM or SIGINT, then drains. Prints `listening on http://...` on standard output when it is
/// ready. Returns the process's exit code.
int serve(const configuration& c);

} // namespace gochron::app
