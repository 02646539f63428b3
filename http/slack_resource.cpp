#include "core/channels/slack_inbound.hpp"
#include "http/link_press.hpp"
#include "http/operation.hpp"
#include "http/server/target.hpp"

/// Buttons that are pressed in Slack. The message is changed by what follows: the incident's next event.
namespace gochron::http {
namespace {

// One answer for an unknown channel, one without a secret, and a signature that is not good.
error not_from_slack() {
  return {errc::not_found, "No such address, or this is not signed by the app of its channel.", {}, {}, {}};
}

void said(const call& c) {
  c.answer({.status = 200, .content_type = "text/plain; charset=utf-8", .headers = {}, .body = "OK\n"});
}

bool is_signed(const call& c, const channel_record& by) {
  auto secret = core::slack_signing_secret(by);
  auto at = c.request().header("X-Slack-Request-Timestamp"), mac = c.request().header("X-Slack-Signature");
  return secret && at && mac && core::is_from_slack(*secret, *at, *mac, *c.request().body, c.with().clock.now());
}

// The link behind a button was signed by us; it is good for this organisation's incidents only.
void press_of(const call& c, org_id org, const core::slack_press& x) {
  auto link = core::read_action_token(c.with().link_key, x.token);
  if (!link || link->expires_at <= c.with().clock.now())
    return said(c); // another app's button, or one of a message that is a week old
  auto whose = [c, org, x, link = *link](const result<channel_record>& of) {
    if (!of && of.error().code != errc::not_found)
      return c.refuse(of.error());
    if (!of || of->org != org)
      return said(c);
    press(c.with(), {link, "slack:" + x.user, c.request().peer_ip, c.request().request_id},
          [c](const result<link_state>& done) { done ? said(c) : c.refuse(done.error()); });
  };
  c.with().feedback.channel_of(link->delivery, reply_to<channel_record>{std::move(whose)});
}

void take(const call& c, const channel_record& by) {
  if (!is_signed(c, by))
    return c.refuse(not_from_slack());
  auto form = decode_target("/?" + *c.request().body);
  std::string payload;
  for (const auto& [name, value] : form ? form->query : decltype(form->query){})
    if (name == "payload")
      payload = value;
  auto pressed = core::read_slack_press(payload);
  if (!pressed)
    return c.refuse({errc::malformed, "Expected a form with a JSON text as `payload`.", {}, {}, {}});
  press_of(c, by.org, *pressed);
}

void receive(call c) {
  auto id = channel_id::parse(c.param("channel_id"));
  if (!id)
    return c.refuse(not_from_slack());
  c.with().feedback.channel(*id, reply_to<channel_record>{[c](const result<channel_record>& by) {
    if (by)
      return take(c, *by);
    c.refuse(by.error().code == errc::not_found ? not_from_slack() : by.error());
  }});
}

} // namespace

operations slack_operations() {
  operation op;
  op.method = "POST";
  op.path = "/in/slack/{channel_id}";
  op.id = "receiveSlack";
  op.tag = "Answers";
  op.summary = "A button that was pressed in Slack";
  op.doc = "The request URL for interactivity of the app whose `signing_secret` this channel has. Verified by "
           "`X-Slack-Signature`, at most five minutes old. Acknowledges or resolves what the message is about, of any "
           "channel of the same organisation; the message then changes by itself.";
  op.ok = {200, "It was taken.", nullptr, false, false, "text/plain"};
  op.problems = {404, 413, 503};
  op.run = receive;
  return {op};
}

} // namespace gochron::http
