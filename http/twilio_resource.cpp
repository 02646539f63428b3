#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/channels/twilio_inbound.hpp"
#include "http/link_press.hpp"
#include "http/operation.hpp"
#include "http/server/target.hpp"

/// What Twilio tells of a message that we sent, and what was answered to one.
namespace gochron::http {
namespace {

// One answer for what we do not know, channels of other types, and a signature that is not good.
error not_from_twilio() {
  return {errc::not_found, "No such address, or this is not signed by the account of its channel.", {}, {}, {}};
}

// A request that the account of a channel has signed.
struct genuine {
  channel_record of;
  core::twilio_account account;
  core::form_fields fields;
};

// Signed is the URL as Twilio was told it, with the address at which this server is found.
std::optional<genuine> verified(const call& c, const channel_record& of) {
  auto account = core::twilio_account_of(of);
  auto form = decode_target("/?" + *c.request().body);
  auto mac = c.request().header("X-Twilio-Signature");
  if (!account || !form || !mac || c.with().base_url.empty())
    return std::nullopt;
  auto url = c.with().base_url + std::string{c.request().target};
  if (!core::constant_time_equal(core::twilio_signature(account->auth_token, url, form->query), *mac))
    return std::nullopt;
  return genuine{of, std::move(*account), std::move(form->query)};
}

// Goes on with a request that is genuine; otherwise the refusal is on its way.
template <class F>
reply_to<channel_record> when_genuine(const call& c, F then) {
  return reply_to<channel_record>{[c, then](const result<channel_record>& of) {
    if (!of)
      return c.refuse(of.error().code == errc::not_found ? not_from_twilio() : of.error());
    auto x = verified(c, *of);
    x ? then(c, std::move(*x)) : c.refuse(not_from_twilio());
  }};
}

void note_status(const call& c, delivery_id id, const genuine& x) {
  auto report = core::read_carrier_report(x.fields, c.with().clock.now());
  if (!report)
    return c.answer({.status = 204, .content_type = {}, .headers = {}, .body = {}});
  c.with().feedback.report(x.of.org, id, std::move(*report), c.done());
}

void status_of(call c) {
  auto id = delivery_id::parse("dlv_" + std::string{c.param("delivery")}); // Twilio takes no URL with an underscore
  if (!id)
    return c.refuse(not_from_twilio());
  c.with().feedback.channel_of(
      *id, when_genuine(c, [id = *id](const call& same, const genuine& x) { note_status(same, id, x); }));
}

void say(const call& c, std::string_view text) {
  c.answer({.status = 200,
            .content_type = "text/xml; charset=utf-8",
            .headers = {{"Cache-Control", "no-store"}},
            .body = core::twiml(text)});
}

std::string sentence_of(const incident& x, core::link_verb verb, bool changed) {
  if (x.state == incident_state::resolved && (!changed || verb == core::link_verb::acknowledge))
    return fmt::format("#{} is over already: {}", x.number, x.title);
  if (!changed)
    return fmt::format("#{} was acknowledged by {} already: {}", x.number, x.acknowledged_by, x.title);
  return fmt::format("{} #{}: {}", verb == core::link_verb::acknowledge ? "Acknowledged" : "Resolved", x.number,
                     x.title);
}

void obey(const call& c, const texted_incident& x, core::link_verb verb, const actor_name& sender) {
  bool acknowledges = verb == core::link_verb::acknowledge;
  if (x.about.state == incident_state::resolved || (acknowledges && x.about.state == incident_state::acknowledged))
    return say(c, sentence_of(x.about, verb, false));
  change_origin from;
  from.who = answered_by(x.to, sender);
  from.ip = c.request().peer_ip;
  from.request_id = c.request().request_id;
  auto done = [c, verb, was = x.about](result<incident> now) {
    if (now)
      return say(c, sentence_of(*now, verb, true));
    if (now.error().code != errc::conflict)
      return say(c, "That did not work: please try again in a moment.");
    auto over = was;
    over.state = incident_state::resolved;
    say(c, sentence_of(over, verb, false));
  };
  c.with().engine.tell(
      handle_incident{x.about.org,
                      x.about.monitor,
                      x.about.id,
                      acknowledges ? incident_verb::acknowledge : incident_verb::resolve,
                      {},
                      written_by<incident>{std::make_shared<const change_origin>(std::move(from)), false, {}},
                      reply_to<incident>{std::move(done)}});
}

void choose(const call& c, const std::vector<texted_incident>& found, const core::sms_command& wanted,
            const actor_name& sender) {
  if (found.empty())
    return say(c, wanted.number ? fmt::format("This number was not told of an incident #{}.", *wanted.number)
                                : "Nothing is open that this number was told of.");
  if (found.size() > 1)
    return say(c, fmt::format("More than one incident is open: answer with a number, such as {}{}.",
                              found.front().about.number, wanted.verb == core::link_verb::acknowledge ? 'a' : 'c'));
  // Whoever has the account of some channel may speak for it, and not for the telephones that others have told.
  auto& about = found.front();
  c.with().feedback.channel(about.to.channel,
                            when_genuine(c, [about, verb = wanted.verb, sender](const call& same, const genuine&) {
                              obey(same, about, verb, sender);
                            }));
}

void hear(const call& c, const genuine& x) {
  std::string from{core::field_of(x.fields, "From")};
  auto wanted = core::read_sms_command(core::field_of(x.fields, "Body"));
  if (core::field_of(x.fields, "AccountSid") != x.account.sid || from.empty() || from.size() > 32)
    return c.refuse(not_from_twilio());
  if (!core::field_of(x.fields, "OptOutType").empty())
    return say(c, ""); // STOP, START and HELP are answered by Twilio itself
  if (!wanted)
    return say(c, "Answer with the incident's number and a to acknowledge or c to close: 17a, say.");
  auto found = [c, wanted = *wanted, sender = "sms:" + from](const result<std::vector<texted_incident>>& all) {
    all ? choose(c, *all, wanted, sender) : say(c, "That did not work: please try again in a moment.");
  };
  c.with().feedback.texted(x.of.org, from, wanted->number, reply_to<std::vector<texted_incident>>{std::move(found)});
}

void reply_of(call c) {
  auto id = channel_id::parse(c.param("channel_id"));
  if (!id)
    return c.refuse(not_from_twilio());
  c.with().feedback.channel(*id, when_genuine(c, hear));
}

operation twilio_operation(std::string path, std::string id, std::string summary, std::string doc, success ok,
                           std::function<void(call)> run) {
  operation op;
  op.method = "POST";
  op.path = std::move(path);
  op.id = std::move(id);
  op.tag = "Answers";
  op.summary = std::move(summary);
  op.doc = std::move(doc);
  op.ok = std::move(ok);
  op.problems = {404, 413, 503};
  op.run = std::move(run);
  return op;
}

} // namespace

operations twilio_operations() {
  return {twilio_operation("/in/twilio/{delivery}/status", "receiveTwilioStatus", "What became of a text message",
                           "Twilio's status call-back for the delivery with this id (without its `dlv_`): kept as its "
                           "`report`, and told in "
                           "the incident's timeline when the message did not arrive. Verified by `X-Twilio-Signature`.",
                           {204, "It was taken.", nullptr}, status_of),
          twilio_operation("/in/twilio/{channel_id}/reply", "receiveTwilioReply", "An answer to a text message",
                           "What Twilio is to call for messages to the number that this channel sends from. `17a` "
                           "acknowledges incident 17, `17c` closes it, `ack` and `resolve` are about the one that is "
                           "open; of a telephone that was told of it. Answered in TwiML. Verified by "
                           "`X-Twilio-Signature`.",
                           {200, "What was done, as TwiML.", nullptr, false, false, "text/xml"}, reply_of)};
}

} // namespace gochron::http
