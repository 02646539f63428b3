#pragma once
#include "bench/questions/questions.hpp"

namespace gochron::bench {

/// A year of availability by the hour, through the API, of monitors that have a year of history. Needs a server of its
/// own.
void ask_year(const server_options& where, const storage_options& what, report& out);

} // namespace gochron::bench
