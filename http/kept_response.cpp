#include "http/kept_response.hpp"

#include "core/schema/json.hpp"
#include "core/schema/json_writer.hpp"

namespace gochron::http {
namespace {

// The head is a line of JSON, the body follows as it is.
std::string head_of(const response& r) {
  core::json_writer w;
  w.begin_array();
  w.integer(r.status);
  w.text(r.content_type);
  for (const auto& h : r.headers) {
    w.text(h.name);
    w.text(h.value);
  }
  w.end_array();
  return w.str();
}

} // namespace

std::string write_response(const response& r) {
  return head_of(r) + '\n' + r.body;
}

std::optional<response> read_response(std::string_view bytes) {
  auto line = bytes.find('\n');
  if (line == std::string_view::npos)
    return std::nullopt;
  auto head = core::parse_json(bytes.substr(0, line));
  const auto* fields = head ? head->as<core::json_array>() : nullptr;
  if (!fields || fields->size() < 2 || fields->size() % 2 != 0)
    return std::nullopt;
  const auto* status = fields->front().as<std::int64_t>();
  if (!status)
    return std::nullopt;
  response r;
  r.status = static_cast<unsigned>(*status);
  for (std::size_t i = 1; i < fields->size(); ++i)
    if (!(*fields)[i].as<std::string>())
      return std::nullopt;
  auto text = [fields](std::size_t i) { return *(*fields)[i].as<std::string>(); };
  r.content_type = text(1);
  for (std::size_t i = 2; i + 1 < fields->size(); i += 2)
    r.headers.push_back({text(i), text(i + 1)});
  r.body = bytes.substr(line + 1);
  return r;
}

} // namespace gochron::http
