// Creating a message: https://gotify.net/api-docs#/message/createMessage
#include "core/channels/actions.hpp"
#include "core/channels/judgement.hpp"
#include "core/channels/notice.hpp"
#include "core/channels/provider.hpp"
#include "core/channels/settings.hpp"
#include "core/channels/text.hpp"

namespace gochron::core {
namespace {

struct gotify_target {
  static constexpr channel_type type = channel_type::gotify;
  std::string server_url;
  std::string app_token;
  friend bool operator==(const gotify_target&, const gotify_target&) = default;
};

object_ptr<gotify_target> schema() {
  auto s = std::make_shared<object_schema<gotify_target>>("GotifyTarget", "An application of a Gotify server.");
  s->property("server_url", &gotify_target::server_url, url_text(),
              {.doc = "Of the server.", .example = R"("https://gotify.example.com")", .required = true});
  add_secret(*s, "app_token", &gotify_target::app_token, token_text(128),
             {.doc = "Of the application. Never shown again.", .example = R"("AbCdEf0123456.x")", .required = true});
  return s;
}

std::int64_t priority_of(const notice& x) {
  if (x.tone != tone::trouble)
    return x.tone == tone::news ? 2 : 4;
  return x.severity == severity::critical ? 10 : x.severity == severity::error ? 8 : 5;
}

result<outgoing> render(const gotify_target& to, const letter& x) {
  auto told = notice_of(x);
  if (!told)
    return fail(told.error());
  auto body = json_object_text([&](json_writer& w) {
    put(w, "title", shortened(told->headline, 250, text_unit::code_points));
    put(w, "message", shortened(plain_text(*told), 8000, text_unit::code_points));
    put_integer(w, "priority", priority_of(*told));
    put_object(w, "extras", [&] {
      put_object(w, "client::display", [&] { put(w, "contentType", "text/plain"); });
      if (const auto& link = foremost_link(*told); !link.empty())
        put_object(w, "client::notification", [&] { put_object(w, "click", [&] { put(w, "url", link); }); });
    });
  });
  return json_post(std::string{without_slash(to.server_url)} + "/message", std::move(body),
                   {{"X-Gotify-Key", to.app_token}});
}

receipt judge_gotify(const delivery_attempt& x) {
  return judge_status(x, text_in(answer_of(x), "errorDescription"));
}

} // namespace

const channel_kind& gotify_kind() {
  static const provider<gotify_target> kind{
      {.doc = "A Gotify server.", .schema = schema(), .render = render, .judge = judge_gotify}};
  return kind;
}

} // namespace gochron::core
