#include "core/channels/slack_inbound.hpp"

#include <algorithm>
#include <charconv>

#include "core/bytes.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/text.hpp"
#include "core/schema/json.hpp"

namespace gochron::core {
namespace {

constexpr std::chrono::minutes patience{5};

std::optional<timestamp> time_of(std::string_view text) {
  std::int64_t at = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (error != std::errc{} || end != text.data() + text.size() || at < 0 || text.size() > 11)
    return std::nullopt;
  return timestamp{seconds{at}};
}

std::string one_line(std::string x) {
  std::ranges::replace_if(
      x, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return shortened(x, 80, text_unit::code_points);
}

const json_value& member(const json_value& x, std::string_view name) {
  static const json_value none{};
  const auto* found = x.find(name);
  return found ? *found : none;
}

} // namespace

bool is_from_slack(std::string_view secret, std::string_view at, std::string_view signature, std::string_view body,
                   timestamp now) {
  auto mac = hmac_sha256(secret, std::string{"v0:"}.append(at).append(":").append(body));
  bool same = constant_time_equal("v0=" + to_hex(mac), signature);
  auto then = time_of(at);
  return same && then && *then >= now - patience && *then <= now + patience;
}

result<slack_press> read_slack_press(std::string_view payload) {
  auto json = parse_json(payload, {64, 20'000});
  if (!json)
    return fail(json.error());
  slack_press x;
  const auto& user = member(*json, "user");
  for (auto name : {"username", "name", "id"})
    if (x.user.empty())
      x.user = one_line(text_in(user, name));
  const auto* actions = member(*json, "actions").as<json_array>();
  if (text_in(*json, "type") == "block_actions" && actions && actions->size() == 1 &&
      text_in(actions->front(), "block_id") == "gochron")
    x.token = text_in(actions->front(), "value");
  return x;
}

} // namespace gochron::core
