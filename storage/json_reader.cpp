#include "storage/json_reader.hpp"

#include <simdjson.h>

namespace gochron::storage {
namespace {

simdjson::dom::parser& parser() {
  thread_local simdjson::dom::parser one;
  return one;
}

string_pairs pairs_of(simdjson::dom::array items) {
  string_pairs pairs;
  for (auto item : items) {
    std::string_view name, value;
    if (item.at(0).get(name) == simdjson::SUCCESS && item.at(1).get(value) == simdjson::SUCCESS)
      pairs.emplace_back(name, value);
  }
  return pairs;
}

} // namespace

string_pairs read_pairs(std::string_view json) {
  simdjson::dom::array items;
  if (parser().parse(json.data(), json.size()).get(items) != simdjson::SUCCESS)
    return {};
  return pairs_of(items);
}

result_details read_details(std::string_view json) {
  result_details x;
  simdjson::dom::element root;
  simdjson::dom::array headers;
  std::string_view body;
  if (parser().parse(json.data(), json.size()).get(root) != simdjson::SUCCESS)
    return x;
  if (root["headers"].get(headers) == simdjson::SUCCESS)
    x.headers = pairs_of(headers);
  if (root["body"].get(body) == simdjson::SUCCESS)
    x.body = body;
  return x;
}

} // namespace gochron::storage
