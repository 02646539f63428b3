#include "core/channels/actions.hpp"

#include <fmt/format.h>

namespace gochron::core {
namespace {

void add_action(notice& to, const letter& x, link_verb verb) {
  auto token = write_action_token(x.options.link_key, {x.delivery.id, verb, x.sent_at + link_life});
  to.actions.push_back({verb, x.options.public_url + "/a/" + token, token});
}

} // namespace

result<notice> notice_of(const letter& x) {
  auto told = read_notice(*x.delivery.event.body);
  if (!told || told->incident_id.empty() || x.options.public_url.empty() || told->tone == tone::over)
    return told;
  if (told->tone == tone::trouble)
    add_action(*told, x, link_verb::acknowledge);
  add_action(*told, x, link_verb::resolve);
  return told;
}

std::string_view label_of(link_verb x) {
  return x == link_verb::acknowledge ? "Acknowledge" : "Resolve";
}

std::string markdown_actions(const notice& x, std::size_t most) {
  std::string out;
  for (const auto& action : x.actions)
    out += fmt::format("{}[{}]({})", out.empty() ? "" : " | ", label_of(action.verb), action.url);
  return out.size() > most ? std::string{} : out;
}

const std::string& foremost_link(const notice& x) {
  return x.actions.empty() ? x.link : x.actions.front().url;
}

} // namespace gochron::core
