#include "core/event_filter.hpp"

#include <algorithm>

#include <simdjson.h>

#include "core/names.hpp"

namespace gochron::core {
namespace {

template <class T>
bool admits(const std::vector<T>& wanted, const std::optional<T>& x) {
  return wanted.empty() || (x && std::ranges::find(wanted, *x) != wanted.end());
}

} // namespace

event_subject subject_of(std::string_view body) {
  thread_local simdjson::dom::parser parser;
  event_subject x;
  simdjson::dom::element root;
  simdjson::dom::object monitor;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS ||
      root["data"]["monitor"].get(monitor) != simdjson::SUCCESS)
    return x;
  std::string_view text;
  simdjson::dom::array tags;
  if (monitor["id"].get(text) == simdjson::SUCCESS)
    x.monitor = monitor_id::parse(text);
  if (monitor["type"].get(text) == simdjson::SUCCESS)
    x.type = parse_name<monitor_type>(text);
  if (monitor["tags"].get(tags) == simdjson::SUCCESS)
    for (auto tag : tags)
      if (tag.get(text) == simdjson::SUCCESS)
        x.tags.emplace_back(text);
  return x;
}

bool asks_for_subject(const event_filter& x) {
  return !x.monitors.empty() || !x.monitor_types.empty() || !x.tags.empty();
}

bool matches(const event_filter& x, const event& e, const event_subject& about) {
  auto carried = [&](const std::string& tag) { return std::ranges::find(about.tags, tag) != about.tags.end(); };
  return admits(x.types, std::optional{e.type}) && (!x.incident || x.incident == e.incident) &&
         admits(x.monitors, about.monitor) && admits(x.monitor_types, about.type) &&
         std::ranges::all_of(x.tags, carried);
}

} // namespace gochron::core
