#include <algorithm>
#include <iterator>

#include "http/channel_deliveries.hpp"
#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

struct channels {
  using id = channel_id;
  using spec = channel_spec;
  using shown = channel_record;
  using query = channel_query;
  static constexpr auto keyed = keyed_noun::channel;
  static constexpr bool shows_secret = true;
  static constexpr auto example = R"({"name":"Incident pipeline","type":"webhook","webhook":)"
                                  R"({"url":"https://hooks.example/gochron","timeout_seconds":10}})";
  static constexpr auto patch_example = R"({"send_resolved":false})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::channel_schema(); }
  static const channel_record& record_of(const shown& x) { return x; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader& q, query& to) {
    to.types = q.names<channel_type>("type");
    to.enabled = q.boolean("enabled");
  }
  static void list(const call& c, query wanted, const page_request& p) {
    c.with().queries.channels(c.org(), std::move(wanted), p, list_of<channel_record>(c, schema()));
  }
  static create_channel create(const call& c, spec x, written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), std::move(x), std::move(by), std::move(reply), std::move(into), {}};
  }
  static get_channel get(const call& c, id x, reply_to<shown> reply) { return {c.org(), x, std::move(reply)}; }
  static edit_channel edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f,
                           written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), x, version, std::move(f), std::move(by), std::move(reply), std::move(into)};
  }
  static remove_channel remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                               part_ptr into, reply_to<void> reply) {
    return {c.org(), x, version, std::move(by), std::move(reply), std::move(into)};
  }
};

using handlers = noun_handlers<channels>;

const noun& channels::names() {
  static const noun all{"/api/channels", "Channels", "channels", "a channel", "channels", "Channel", "Channels", "chn"};
  return all;
}

const noun_texts& channels::texts() {
  static const noun_texts all{
      "A page of the channels that meet every given filter.",
      "`secret.value` is in this answer and in that of a roll, and nowhere else.",
      "The channel, with its `Location` and its secret.",
      "The configuration and its health.",
      "The body is the whole configuration. An edit takes a channel that we disabled into use again.",
      "A JSON merge patch (RFC 7396). An edit takes a channel that we disabled into use again.",
      "409 while an alert rule names it."};
  return all;
}

const std::vector<parameter>& channels::filters() {
  static const auto all =
      configured_parameters(names(), "name or target",
                            {enum_parameter<channel_type>("type", "Only of these types."),
                             {"enabled", "Only enabled ones, or only others.", R"({"type":"boolean"})"}});
  return all;
}

void roll(call c) {
  with_target<channel_id>(c, [&](channel_id id, auto version) {
    auto wanted = c.optional_body(*core::roll_request_schema());
    if (!wanted)
      return;
    auto [by, reply] = c.write<channel_record>(
        [c](const channel_record& x) { return c.shown(x, *core::channel_schema(), x.version, true); });
    c.with().engine.tell(roll_secret{c.org(), id, version, wanted->overlap, std::move(by), std::move(reply)});
  });
}

void test(call c) {
  with_target<channel_id>(c, [&](channel_id id, auto version) {
    extend_deadline(c.ticket(), std::chrono::seconds{45}); // a receiver may take 30
    c.with().engine.tell(test_channel{
        c.org(), id, version, c.dry(),
        reply_to<delivery_attempt>{[c](result<delivery_attempt> x) { c.one(x, *core::delivery_attempt_schema()); }}});
  });
}

void types(call c) {
  if (refused_parameters(c))
    return;
  static const page<core::channel_type_row> all{core::channel_types(), {}};
  answer_page(c, *core::channel_type_schema(), all);
}

} // namespace

operations channel_operations() {
  auto type = core::channel_schema()->info();
  operation_table add{channels::names()};
  handlers::add_collection(add);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  auto& rolled =
      add("POST", "/{id}/secret/roll", "rollChannelSecret", true, "Roll the secret",
          "A new secret at once; the old one signs beside it until the overlap ends. Only webhooks have one: 409.",
          {200, "The channel with its new secret.", type, false, true}, roll);
  rolled.problems = {409};
  rolled.body =
      body_spec{core::roll_request_schema()->info(), core::schema_use::request, R"({"overlap_seconds":3600})", false};
  add("POST", "/{id}/test", "testChannel", true, "Send a sample",
      "Sends a `channel.test` event once and answers with the attempt, whatever came of it. A success takes a channel "
      "that we disabled into use again.",
      {200, "The attempt.", core::delivery_attempt_schema()->info()}, test);
  auto& owed = add("GET", "/{id}/deliveries", "listChannelDeliveries", false, "List a channel's deliveries",
                   "What the channel was and is owed, newest first.",
                   {200, "A page of deliveries.", core::delivery_schema()->info(), true}, channel_deliveries<channels>);
  owed.query = channel_delivery_filters();
  const noun kinds{"/api/channel-types", "Channels", "channels"};
  operation_table add_kind{kinds};
  add_kind("GET", "", "listChannelTypes", false, "List the types of channels",
           "Each with the JSON Schema of the object that a channel of this type has.",
           {200, "All of them.", core::channel_type_schema()->info(), true}, types);
  std::ranges::move(add_kind.all, std::back_inserter(add.all));
  return std::move(add.all);
}

} // namespace gochron::http
