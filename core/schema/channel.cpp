#include <span>

#include "core/bytes.hpp"
#include "core/channels/kind.hpp"
#include "core/schema/channel_rows.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

// The row that says which type there is. It must stand before the types' own rows.
property<channel_spec> type_row() {
  property<channel_spec> p;
  p.info = {"type",
            {.doc = "The kind of receiver, and the name of the object that says where.",
             .example = R"("webhook")",
             .required = true,
             .immutable = true},
            enumeration<channel_type>()->info(),
            {},
            {},
            {}};
  p.write = [](const channel_spec& x, json_writer& w, const write_options&) { w.text(name_of(x.type())); };
  p.read = [type = enumeration<channel_type>()](const json_value& v, channel_spec& x, reader& r) {
    auto before = r.count();
    auto wanted = x.type();
    type->read(v, wanted, r);
    if (r.count() > before || wanted == x.type())
      return;
    if (r.mode() == read_mode::patch)
      r.fail("immutable", "Cannot be changed.");
    else
      x.target = kind_of(wanted).fresh();
  };
  return p;
}

// A type's own row: an object that must be there exactly when the type says so, and is null otherwise.
property<channel_spec> settings_row(const channel_kind& kind) {
  property<channel_spec> p;
  std::string name{name_of(kind.type())};
  auto info = *kind.info();
  info.nullable = true;
  p.info = {name, {.doc = kind.doc()}, std::make_shared<type_info>(info), {}, name, "type"};
  p.read = [&kind](const json_value& v, channel_spec& x, reader& r) {
    bool active = x.type() == kind.type();
    if (active && v.is_null())
      r.fail("required", "Required by this type.");
    else if (active)
      kind.read(v, x.target, r);
    else if (!v.is_null())
      r.fail("inconsistent", "Does not go with this type.");
  };
  p.absent = [&kind](channel_spec& x, reader& r) {
    if (x.type() == kind.type() && r.mode() == read_mode::whole && !r.trusted())
      r.fail("required", "Required by this type.");
  };
  p.write = [&kind](const channel_spec& x, json_writer& w, const write_options& o) {
    x.type() == kind.type() ? kind.write(x.target, w, o) : w.null();
  };
  return p;
}

std::string fingerprint(const std::string& secret) {
  auto digest = sha256(secret);
  return to_hex(std::span{digest}.first(4));
}

constexpr auto record_of = [](const channel_record& x) -> const channel_record& { return x; };

} // namespace

object_ptr<webhook_secret> webhook_secret_schema() {
  using secret = const webhook_secret&;
  auto s = std::make_shared<object_schema<webhook_secret>>("WebhookSecret", "What signs the events.");
  s->maybe("value", secret_text(), {.doc = "Null, except in the answers to create and to roll.", .example = "null"},
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

object_ptr<channel_health> channel_health_schema() {
  auto s = std::make_shared<object_schema<channel_health>>("ChannelHealth", "How deliveries have gone.");
  s->property("state", &channel_health::state, enumeration<channel_state>(),
              {.doc = "`disabled`: by us; see `disabled_reason`.", .example = R"("healthy")", .read_only = true});
  s->property("consecutive_failures", &channel_health::consecutive_failures, count<std::int64_t>(),
              {.doc = "Failed attempts since the last success.", .example = "0", .read_only = true});
  s->property("last_success_at", &channel_health::last_success_at, instant(),
              {.doc = "When the receiver last accepted.", .example = "null", .read_only = true});
  s->maybe("disabled_reason", any_text(),
           {.doc = "`gone` (410, or a provider's word for it) or `five_days_of_failures`.", .example = "null"},
           [](const channel_health& x, const write_options&) { return non_empty(x.disabled_reason); });
  return s;
}

void add_target_rows(std::vector<property<channel_spec>>& to) {
  to.push_back(type_row());
  for (const auto* kind : channel_kinds())
    to.push_back(settings_row(*kind));
}

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
    std::vector<property<channel_spec>> target;
    add_target_rows(target);
    for (auto& row : target)
      s->row(std::move(row));
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
    s->maybe<webhook_secret>("secret", webhook_secret_schema(), {.doc = "What signs the events of a webhook, or null."},
                             [](const channel_record& x, const write_options&) {
                               return kind_of(x).is_signed() ? std::optional{x.secret} : std::nullopt;
                             });
    s->property("health", &channel_record::health, channel_health_schema(),
                {.doc = "How deliveries have gone.", .read_only = true});
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

} // namespace gochron::core
