#include "core/schema/json_error.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace gochron::core {

std::string describe_json_error(std::string_view text, std::string_view otherwise) {
  // simdjson's DOM does not say where it failed; RapidJSON does. Iterative, since the text may be nested without end.
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  rapidjson::MemoryStream stream{text.data(), text.size()};
  rapidjson::BaseReaderHandler<> ignore;
  rapidjson::Reader reader;
  auto outcome = reader.Parse<flags>(stream, ignore);
  if (!outcome.IsError())
    return fmt::format("Malformed JSON: {}", otherwise);
  auto offset = std::min(outcome.Offset(), text.size());
  auto before = text.substr(0, offset);
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  auto column = offset - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) + 1;
  return fmt::format("Malformed JSON at byte {} (line {}, column {}): {}", offset, line, column,
                     rapidjson::GetParseError_En(outcome.Code()));
}

} // namespace gochron::core
