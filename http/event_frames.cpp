#include "http/event_frames.hpp"

#include <fmt/format.h>

#include "core/names.hpp"

namespace gochron::http {
namespace {

frame shared(std::string_view text) {
  return std::make_shared<const std::string>(text);
}

// Compact JSON has no line breaks; should a body have some, it is that many lines of data.
void append_data(std::string& to, std::string_view body) {
  for (std::size_t at = 0; at <= body.size();) {
    auto end = std::min(body.find_first_of("\r\n", at), body.size());
    ((to += "data: ") += body.substr(at, end - at)) += '\n';
    at = end + 1;
  }
}

} // namespace

std::string opening_frame(std::int64_t position) {
  return fmt::format("retry: 2000\nid: {}\n\n", position);
}

void append_event_frame(std::string& to, const event& x) {
  to.reserve(to.size() + x.body->size() + 96);
  fmt::format_to(std::back_inserter(to), "id: {}\nevent: {}\n", x.position, core::name_of(x.type));
  append_data(to, *x.body);
  to += '\n';
}

std::string gap_frame(std::int64_t forgotten) {
  return fmt::format("event: gap\ndata: {{\"forgotten\":{}}}\n\n", forgotten);
}

const frame& heartbeat_frame() {
  static const auto x = shared(":\n\n");
  return x;
}

const frame& slow_frame() {
  static const auto x = shared(": too slow: more waits for you than is kept; connect again with your last id\n\n");
  return x;
}

const frame& invalid_frame() {
  static const auto x = shared(": the token is no longer valid here\n\n");
  return x;
}

const frame& closing_frame() {
  static const auto x = shared("retry: 1000\n: the server stops; connect again with your last id\n\n");
  return x;
}

} // namespace gochron::http
