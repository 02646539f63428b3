#pragma once
#include <vector>

#include "http/api.hpp"
#include "http/call.hpp"
#include "http/operation.hpp"

namespace gochron::http {

/// What a connection takes of one answer, with room for its head.
inline constexpr std::size_t largest_document = api::largest_body - 64 * 1024;

const std::vector<parameter>& export_parameters();

/// Answers with the whole configuration, as JSON or for Terraform; 422 where that is too much for one document.
void export_configuration(call c);

} // namespace gochron::http
