#include "core/inbound/parse.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/inbound/formats.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/free_object.hpp"
#include "core/schema/time.hpp"

namespace gochron::core {
namespace inbound {

std::string text_of(const json_value* of, std::string_view name) {
  const auto* member = of ? of->find(name) : nullptr;
  const auto* text = member ? member->as<std::string>() : nullptr;
  return text ? *text : std::string{};
}

std::string shortened(std::string_view text, std::size_t most) {
  std::size_t points = 0, fits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool begins = (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (begins && ++points == most)
      fits = i; // room for the ellipsis
    if (points > most)
      return std::string{text.substr(0, fits)} + "\u2026";
  }
  return std::string{text};
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string line;
  for (char c : text) {
    bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  if (line.ends_with(' '))
    line.pop_back();
  return shortened(line, most);
}

std::optional<severity> severity_named(std::string_view word) {
  struct name {
    std::string_view word;
    severity means;
  };
  constexpr std::array<name, 17> known{{{"critical", severity::critical},
                                        {"page", severity::critical},
                                        {"fatal", severity::critical},
                                        {"emergency", severity::critical},
                                        {"p1", severity::critical},
                                        {"error", severity::error},
                                        {"high", severity::error},
                                        {"major", severity::error},
                                        {"p2", severity::error},
                                        {"warning", severity::warning},
                                        {"warn", severity::warning},
                                        {"minor", severity::warning},
                                        {"p3", severity::warning},
                                        {"info", severity::info},
                                        {"low", severity::info},
                                        {"p4", severity::info},
                                        {"none", severity::info}}};
  std::string lower;
  for (char c : word)
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  auto it = std::ranges::find(known, lower, &name::word);
  return it == known.end() ? std::nullopt : std::optional{it->means};
}

// `2026-01-31T12:00:00.123456789+01:00`: the part up to the seconds, a fraction, an offset.
std::optional<timestamp> time_of(std::string_view text) {
  constexpr std::size_t plain = 19;
  auto rest = text.substr(std::min(text.size(), plain));
  auto base = parse_rfc3339(std::string{text.substr(0, plain)} + 'Z');
  if (!base || rest.empty())
    return std::nullopt;
  milliseconds fraction{0};
  if (rest.front() == '.') {
    auto end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    for (std::size_t i = 1, unit = 100; i < end && unit > 0; ++i, unit /= 10)
      fraction += milliseconds{static_cast<std::int64_t>(unit) * (rest[i] - '0')};
    rest.remove_prefix(end);
  }
  if (rest == "Z" || rest == "z")
    return *base + fraction;
  auto digit = [&rest](std::size_t i) { return rest[i] >= '0' && rest[i] <= '9'; };
  bool offset = rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && digit(1) && digit(2) && rest[3] == ':' &&
                digit(4) && digit(5);
  if (!offset)
    return std::nullopt;
  std::chrono::minutes by{((rest[1] - '0') * 10 + rest[2] - '0') * 60 + (rest[4] - '0') * 10 + rest[5] - '0'};
  return *base + fraction - (rest[0] == '-' ? -by : by);
}

std::optional<std::string> link_of(const std::string& text) {
  return text.empty() || url_fault(text) ? std::nullopt : std::optional{text};
}

std::string details_of(json_object members) {
  auto json = to_json(json_value{members});
  while (json.size() > largest_free_object && !members.empty()) {
    members.pop_back();
    auto kept = members;
    kept.push_back({"truncated", json_value{true}});
    json = to_json(json_value{std::move(kept)});
  }
  return members.empty() ? std::string{} : json;
}

} // namespace inbound

result<std::vector<incident_signal>> parse_signals(std::string_view body) {
  auto json = parse_json(body, {32, 200'000});
  if (!json)
    return fail(json.error());
  auto one = [](result<incident_signal> x) -> result<std::vector<incident_signal>> {
    if (!x)
      return fail(x.error());
    return std::vector<incident_signal>{std::move(*x)};
  };
  if (json->find("alerts"))
    return inbound::read_alertmanager(*json);
  return one(json->find("event_action") ? inbound::read_pager_event(*json) : inbound::read_generic(*json));
}

} // namespace gochron::core
