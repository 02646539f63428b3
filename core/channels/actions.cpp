#include "core/channels/actions.hpp"

#include <fmt/format.h>

namespace gochron::core {
namespace {

std::string url_of(const letter& x, const std::string& token) {
  return x.options.public_url + "/a/" + token;
}

std::string token_of(const letter& x, link_verb verb) {
  return write_action_token(x.options.link_key, {x.delivery.id, verb, x.sent_at + link_life});
}

void add_action(notice& to, const letter& x, link_verb verb) {
  auto token = token_of(x, verb);
  to.actions.push_back({verb, url_of(x, token), token});
}

} // namespace

result<notice> notice_of(const letter& x) {
  auto told = read_notice(*x.delivery.event.body, x.channel.spec.user);
  if (!told || told->incident_id.empty() || x.options.public_url.empty())
    return told;
  told->link = url_of(x, token_of(x, link_verb::read));
  if (told->tone == tone::trouble)
    add_action(*told, x, link_verb::acknowledge);
  if (told->tone != tone::over)
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
