#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun channels{"/api/channels", "Channels", "channels"};

constexpr auto example = R"({"name":"Incident pipeline","type":"webhook","webhook":)"
                         R"({"url":"https://hooks.example/gochron","timeout_seconds":10}})";

reply_to<channel_record> present(const call& c) {
  return reply_to<channel_record>{
      [c](result<channel_record> x) { x ? c.one(x, *core::channel_schema(), x->version) : c.refuse(x.error()); }};
}

auto write(const call& c, bool with_secret = false) {
  return c.write<channel_record>([c, with_secret](const channel_record& x) {
    return c.shown(x, *core::channel_schema(), x.version, with_secret);
  });
}

void create(call c) {
  if (refused_parameters(c))
    return;
  auto spec = core::create<channel_spec>(*c.request().body);
  if (!spec)
    return c.refuse(spec.error());
  auto [by, reply] = c.write<channel_record>([c](const channel_record& x) {
    return c.created(x, *core::channel_schema(), "/api/channels/" + x.id.str(), x.version, true);
  });
  c.with().engine.tell(create_channel{c.org(), std::move(*spec), std::move(by), std::move(reply)});
}

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({ids_parameter("chn")});
  return all;
}

void list(call c) {
  query_reader q{c};
  auto ids = q.ids<channel_id>("ids");
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().queries.channels(c.org(), std::move(ids), page, list_of<channel_record>(c, core::channel_schema()));
}

void get(call c) {
  with_target<channel_id>(c, [&](channel_id id, auto) { c.with().engine.tell(get_channel{c.org(), id, present(c)}); });
}

void edit(call c) {
  with_target<channel_id>(c, [&](channel_id id, auto version) {
    auto [by, reply] = write(c);
    c.with().engine.tell(
        edit_channel{c.org(), id, version, edit_by_body<channel_spec>(c), std::move(by), std::move(reply)});
  });
}

void remove(call c) {
  with_target<channel_id>(c, [&](channel_id id, auto version) {
    c.with().engine.tell(remove_channel{c.org(), id, version, c.by(), c.done()});
  });
}

void roll(call c) {
  with_target<channel_id>(c, [&](channel_id id, auto) {
    core::roll_request wanted;
    if (!c.request().body->empty()) {
      auto body = core::read_body(*core::roll_request_schema(), *c.request().body);
      if (!body)
        return c.refuse(body.error());
      wanted = *body;
    }
    auto [by, reply] = write(c, true);
    c.with().engine.tell(roll_secret{c.org(), id, wanted.overlap, std::move(by), std::move(reply)});
  });
}

void test(call c) {
  with_target<channel_id>(c, [&](channel_id id, auto) {
    extend_deadline(c.ticket(), std::chrono::seconds{45}); // a receiver may take 30
    c.with().engine.tell(test_channel{c.org(), id, c.dry(), reply_to<delivery_attempt>{[c](result<delivery_attempt> x) {
                                        c.one(x, *core::delivery_attempt_schema());
                                      }}});
  });
}

const std::vector<parameter>& delivery_filters() {
  static const auto all = list_parameters({enum_parameter<delivery_state>("state", "Only in these states.")});
  return all;
}

void deliveries(call c) {
  query_reader q{c};
  delivery_query wanted;
  wanted.states = q.names<delivery_state>("state");
  auto page = q.page();
  if (auto e = q.problem(delivery_filters()))
    return c.refuse(*e);
  auto id = c.id<channel_id>();
  if (!id)
    return;
  wanted.channel = *id;
  c.with().engine.tell(get_channel{c.org(), *id, reply_to<channel_record>{[c, wanted, page](result<channel_record> x) {
                                     if (!x)
                                       return c.refuse(x.error());
                                     c.with().queries.deliveries(c.org(), wanted, page,
                                                                 list_of<delivery>(c, core::delivery_schema()));
                                   }}});
}

} // namespace

operations channel_operations() {
  auto type = core::channel_schema()->info();
  operation_table add{channels};
  add("GET", "", "listChannels", false, "List channels", "A page of the channels, oldest first.",
      {200, "A page of channels.", type, true}, list)
      .query = filters();
  add("POST", "", "createChannel", true, "Create a channel",
      "`secret.value` is in this answer and in that of a roll, and nowhere else.",
      {201, "The channel, with its `Location` and its secret.", type, false, true}, create)
      .body = body_spec{type, core::schema_use::request, example, true};
  add("GET", "/{id}", "getChannel", false, "Get a channel", "The configuration and its health.",
      {200, "The channel.", type, false, true}, get);
  add("PUT", "/{id}", "replaceChannel", true, "Replace a channel",
      "The body is the whole configuration. An edit takes a channel that we disabled into use again.",
      {200, "The channel as it is now.", type, false, true}, edit)
      .body = body_spec{type, core::schema_use::request, example, true};
  add("PATCH", "/{id}", "updateChannel", true, "Change a channel",
      "A JSON merge patch (RFC 7396). An edit takes a channel that we disabled into use again.",
      {200, "The channel as it is now.", type, false, true}, edit)
      .body = body_spec{type, core::schema_use::patch, R"({"send_resolved":false})", true};
  add("DELETE", "/{id}", "deleteChannel", true, "Delete a channel", "409 while an alert rule names it.",
      {204, "It is gone.", nullptr}, remove)
      .problems = {409};
  auto& rolled = add("POST", "/{id}/secret/roll", "rollChannelSecret", true, "Roll the secret",
                     "A new secret at once; the old one signs beside it until the overlap ends.",
                     {200, "The channel with its new secret.", type, false, true}, roll);
  rolled.body =
      body_spec{core::roll_request_schema()->info(), core::schema_use::request, R"({"overlap_seconds":3600})", false};
  add("POST", "/{id}/test", "testChannel", true, "Send a sample",
      "Posts a `channel.test` event once and answers with the attempt, whatever came of it. A success takes a channel "
      "that we disabled into use again.",
      {200, "The attempt.", core::delivery_attempt_schema()->info()}, test);
  auto& owed = add("GET", "/{id}/deliveries", "listChannelDeliveries", false, "List a channel's deliveries",
                   "What the channel was and is owed, newest first.",
                   {200, "A page of deliveries.", core::delivery_schema()->info(), true}, deliveries);
  owed.query = delivery_filters();
  return std::move(add.all);
}

} // namespace gochron::http
