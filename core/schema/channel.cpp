#include <span>

#include "core/bytes.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

object_ptr<webhook_target> webhook_schema() {
  auto s = std::make_shared<object_schema<webhook_target>>("WebhookTarget", "Where signed events are posted.");
  s->property("url", &webhook_target::url, url_text(),
              {.doc = "An http or https URL without user information.",
               .example = R"("https://hooks.example.com/gochron")",
               .required = true});
  s->property(
      "headers", &webhook_target::headers,
      header_list({"host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive",
                   "proxy-connection", "upgrade", "te", "trailer", "expect", "webhook-*", "x-gochron-signature*"}),
      {.doc = "Sent with each attempt, in this order. Encrypted at rest.",
       .example = R"([{"name":"Authorization","value":"Bearer abc"}])",
       .sealed = true});
  s->property("timeout_seconds", &webhook_target::timeout, integer<seconds>(1, 30),
              {.doc = "For one whole attempt.", .example = "10"});
  return s;
}

std::string fingerprint(const std::string& secret) {
  auto digest = sha256(secret);
  return to_hex(std::span{digest}.first(4));
}

object_ptr<webhook_secret> secret_schema() {
  using secret = const webhook_secret&;
  auto s = std::make_shared<object_schema<webhook_secret>>("WebhookSecret", "What signs the events.");
  s->maybe("value", any_text(), {.doc = "Null, except in the answers to create and to roll.", .example = "null"},
           [](secret x, const write_options& o) { return o.show_secret ? std::optional{x.value} : std::nullopt; });
  s->property("version", &webhook_secret::version, count<std::int32_t>(),
              {.doc = "Grows by one with each roll.", .example = "1", .read_only = true});
  s->computed("fingerprint", any_text(),
              {.doc = "The first 8 hexadecimal digits of the secret's SHA-256.", .example = R"("1f3870be")"},
              [](secret x, const write_options&) { return fingerprint(x.value); });
  s->property("created_at", &webhook_secret::created_at, instant(), {.doc = "When it was made.", .read_only = true});
  s->property("previous_expires_at", &webhook_secret::previous_expires_at, instant(),
              {.doc = "Until when the secret before it signs too.", .example = "null", .read_only = true});
  return s;
}

object_ptr<channel_health> health_schema() {
  auto s = std::make_shared<object_schema<channel_health>>("ChannelHealth", "How deliveries have gone.");
  s->property("state", &channel_health::state, enumeration<channel_state>(),
              {.doc = "`disabled`: by us; see `disabled_reason`.", .example = R"("healthy")", .read_only = true});
  s->property("consecutive_failures", &channel_health::consecutive_failures, count<std::int64_t>(),
              {.doc = "Failed attempts since the last success.", .example = "0", .read_only = true});
  s->property("last_success_at", &channel_health::last_success_at, instant(),
              {.doc = "When the receiver last accepted.", .example = "null", .read_only = true});
  s->maybe("disabled_reason", any_text(), {.doc = "`gone` (410) or `five_days_of_failures`.", .example = "null"},
           [](const channel_health& x, const write_options&) { return non_empty(x.disabled_reason); });
  return s;
}

constexpr auto record_of = [](const channel_record& x) -> const channel_record& { return x; };

} // namespace

object_ptr<channel_spec> channel_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<channel_spec>>("ChannelSpec", "The configurable part of a channel.");
    s->property("name", &channel_spec::name, line_text(),
                {.doc = "What people call it.", .example = R"("Operations")", .required = true});
    s->property("key", &channel_spec::key, key_text(), key_facts);
    s->property("enabled", &channel_spec::enabled, boolean(), {.doc = "Whether anything is sent.", .example = "true"});
    s->property("events", &channel_spec::events, set_of(enumeration<event_type>(), {.max = 20}),
                {.doc = "A set; empty: all of them.", .example = "[]"});
    s->property("send_resolved", &channel_spec::send_resolved, boolean(),
                {.doc = "Whether `incident.resolved` is sent.", .example = "true"});
    s->property("managed_by", &channel_spec::managed_by, line_text(),
                {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
    s->tag("type", &channel_spec::target, enumeration<channel_type>(),
           {.doc = "The kind of receiver, and the name of the object that says where.", .example = R"("webhook")"});
    s->alternative<0>("webhook", &channel_spec::target, webhook_schema(), "type",
                      {.doc = "An HTTP endpoint.",
                       .example = R"({"url":"https://hooks.example.com/gochron","headers":[],"timeout_seconds":10})"});
    return s;
  }();
  return schema;
}

object_ptr<channel_record> channel_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<channel_record>>("Channel", "A receiver of events.");
    add_id<channel_id>(*s, record_of);
    s->embed(
        *channel_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    s->property("secret", &channel_record::secret, secret_schema(),
                {.doc = "What signs the events.", .read_only = true});
    s->property("health", &channel_record::health, health_schema(),
                {.doc = "How deliveries have gone.", .read_only = true});
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

} // namespace gochron::core
