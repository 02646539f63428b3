#include "http/channel_deliveries.hpp"
#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

// The engine knows them as channels: what it is told and answers is turned into that, and back.
reply_to<channel_record> as_channels(reply_to<contact_method_record> reply) {
  return reply_to<channel_record>{[reply = std::move(reply)](result<channel_record> x) {
    x ? reply(contact_method_of(*x)) : reply(fail(x.error()));
  }};
}

written_by<channel_record> as_channels(written_by<contact_method_record> by) {
  written_by<channel_record> x;
  x.from = std::move(by.from);
  x.dry = by.dry;
  if (by.keep)
    x.keep = [keep = std::move(by.keep)](const channel_record& row) { return keep(contact_method_of(row)); };
  return x;
}

struct contact_methods {
  using id = contact_method_id;
  using spec = contact_method_spec;
  using shown = contact_method_record;
  using query = contact_method_query;
  static constexpr auto keyed = keyed_noun::contact_method;
  static constexpr bool shows_secret = true;
  static constexpr auto example = R"({"user_id":"usr_01jd9e6h6gf4g8w1q6v5q8z3ab","name":"Mail","type":"email",)"
                                  R"("email":{"to":["ada@example.com"]}})";
  static constexpr auto patch_example = R"({"send_resolved":false})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::contact_method_schema(); }
  static const contact_method_record& record_of(const shown& x) { return x; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader& q, query& to) {
    to.types = q.names<channel_type>("type");
    to.enabled = q.boolean("enabled");
    to.verified = q.boolean("verified");
    to.user = q.id<user_id>("user_id");
  }
  static void list(const call& c, query wanted, const page_request& p) {
    c.with().queries.contact_methods(c.org(), std::move(wanted), p, list_of<contact_method_record>(c, schema()));
  }
  static create_channel create(const call& c, spec x, written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), std::move(x), as_channels(std::move(by)), as_channels(std::move(reply)), std::move(into), {}};
  }
  static get_channel get(const call& c, id x, reply_to<shown> reply) {
    return {c.org(), {x.value}, as_channels(std::move(reply)), channel_noun::contact_method};
  }
  static edit_channel edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f,
                           written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    auto change = [f = std::move(f)](const channel_spec& now) -> result<channel_spec> {
      auto next = f(contact_method_spec{now});
      if (!next)
        return fail(next.error());
      return std::move(*next);
    };
    return {c.org(),
            {x.value},
            version,
            std::move(change),
            as_channels(std::move(by)),
            as_channels(std::move(reply)),
            std::move(into),
            channel_noun::contact_method};
  }
  static remove_channel remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                               part_ptr into, reply_to<void> reply) {
    return {
        c.org(), {x.value}, version, std::move(by), std::move(reply), std::move(into), channel_noun::contact_method};
  }
};

using handlers = noun_handlers<contact_methods>;

const noun& contact_methods::names() {
  static const noun all{"/api/contact-methods", "Contact methods", "contact-methods", "a contact method",
                        "contact methods",      "ContactMethod",   "ContactMethods",  "cm"};
  return all;
}

const noun_texts& contact_methods::texts() {
  static const noun_texts all{
      "A page of the contact methods that meet every given filter.",
      "Of any type that channels have. Nobody is paged by it before it is verified: `send-code`, then `verify`.",
      "The contact method, with its `Location` and its secret.",
      "The configuration, whether it is verified, and its health.",
      "The body is the whole configuration. Another address has to be verified again.",
      "A JSON merge patch (RFC 7396). Another address has to be verified again.",
      "409 while a notification rule names it."};
  return all;
}

const std::vector<parameter>& contact_methods::filters() {
  static const auto all =
      configured_parameters(names(), "name or target",
                            {enum_parameter<channel_type>("type", "Only of these types."),
                             {"enabled", "Only enabled ones, or only others.", R"({"type":"boolean"})"},
                             {"verified", "Only verified ones, or only others.", R"({"type":"boolean"})"},
                             id_parameter<user_id>("user_id", "Only those of this user.")});
  return all;
}

void send(call c) {
  with_target<contact_method_id>(c, [&](contact_method_id id, auto version) {
    extend_deadline(c.ticket(), std::chrono::seconds{45}); // a provider may take 30
    auto done = [c](result<delivery_attempt> x) { c.one(x, *core::delivery_attempt_schema()); };
    c.with().engine.tell(send_code{c.org(), {id.value}, version, c.by(), reply_to<delivery_attempt>{std::move(done)}});
  });
}

void verify(call c) {
  core::verify_request wanted;
  auto body = core::read_body(*core::verify_request_schema(), *c.request().body);
  if (!body)
    return c.refuse(body.error());
  with_target<contact_method_id>(c, [&](contact_method_id id, auto version) {
    auto [by, reply] =
        c.write<contact_method_record>([c](const contact_method_record& x) { return handlers::as_it_is_now(c, x); });
    c.with().engine.tell(verify_code{
        c.org(), {id.value}, version, body->code, as_channels(std::move(by)), as_channels(std::move(reply))});
  });
}

void test(call c) {
  with_target<contact_method_id>(c, [&](contact_method_id id, auto version) {
    extend_deadline(c.ticket(), std::chrono::seconds{45});
    auto done = [c](result<delivery_attempt> x) { c.one(x, *core::delivery_attempt_schema()); };
    c.with().engine.tell(test_channel{c.org(),
                                      {id.value},
                                      version,
                                      c.dry(),
                                      reply_to<delivery_attempt>{std::move(done)},
                                      channel_noun::contact_method});
  });
}

void add_verification(operation_table& add) {
  auto attempt = core::delivery_attempt_schema()->info();
  auto& sent = add("POST", "/{id}/send-code", "sendContactMethodCode", true, "Send a code",
                   "Six digits to the address, good for ten minutes and five tries; answers with the attempt, whatever "
                   "came of it. One code a minute and five an hour (429). 409 when it is verified already.",
                   {200, "The attempt.", attempt}, send);
  sent.problems = {409, 429};
  auto& proved =
      add("POST", "/{id}/verify", "verifyContactMethod", true, "Verify by code",
          "The code that was sent: from then on its user is paged there. 409 when no code is out, or no "
          "longer; 422 for another code.",
          {200, "The contact method, verified.", core::contact_method_schema()->info(), false, true}, verify);
  proved.body =
      body_spec{core::verify_request_schema()->info(), core::schema_use::request, R"({"code":"123456"})", true};
  proved.problems = {409};
  add("POST", "/{id}/test", "testContactMethod", true, "Send a sample",
      "Sends a `channel.test` event once and answers with the attempt, whatever came of it. 409 when it is not "
      "verified.",
      {200, "The attempt.", attempt}, test)
      .problems = {409};
}

} // namespace

operations contact_method_operations() {
  operation_table add{contact_methods::names()};
  handlers::add_collection(add);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  add_verification(add);
  add("GET", "/{id}/deliveries", "listContactMethodDeliveries", false, "List a contact method's deliveries",
      "What was and is owed to it, newest first.",
      {200, "A page of deliveries.", core::delivery_schema()->info(), true}, channel_deliveries<contact_methods>)
      .query = channel_delivery_filters();
  return std::move(add.all);
}

} // namespace gochron::http
