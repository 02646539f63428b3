#pragma once
#include <string>

#include "gochron/check.hpp"

namespace gochron::storage {

/// `COPY check_results (...) FROM STDIN (FORMAT binary)`, its columns in the order of append_row().
extern const char* const copy_results_sql;

/// What a binary COPY begins and ends with.
std::string copy_header();
void append_copy_trailer(std::string& to);

/// One result in binary COPY form.
void append_row(std::string& to, const check_result& x);

} // namespace gochron::storage
