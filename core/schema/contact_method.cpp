#include "core/schema/channel_rows.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/read_models.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

// Never null here: what has none is a channel of the organisation.
property<channel_spec> user_row() {
  property<channel_spec> p;
  p.info = {
      "user_id",
      {.doc = "Whose it is.", .example = R"("usr_01jd9e6h6gf4g8w1q6v5q8z3ab")", .required = true, .immutable = true},
      identifier<user_id>()->info(),
      {},
      {},
      {}};
  p.write = [](const channel_spec& x, json_writer& w, const write_options&) {
    w.text(x.user.value_or(user_id{}).str());
  };
  p.read = [type = identifier<user_id>()](const json_value& v, channel_spec& x, reader& r) {
    auto wanted = x.user.value_or(user_id{});
    type->read(v, wanted, r);
    x.user = wanted;
  };
  return p;
}

object_ptr<channel_spec> rows() {
  auto s =
      std::make_shared<object_schema<channel_spec>>("ContactMethodSpec", "The configurable part of a contact method.");
  s->row(user_row());
  s->property("name", &channel_spec::name, line_text(),
              {.doc = "What its user calls it.", .example = R"("Mobile")", .required = true});
  s->property("key", &channel_spec::key, key_text(), key_facts);
  s->property("enabled", &channel_spec::enabled, boolean(), {.doc = "Whether anything is sent.", .example = "true"});
  s->property("send_resolved", &channel_spec::send_resolved, boolean(),
              {.doc = "Whether who was told of an incident is told of its end.", .example = "true"});
  s->property("managed_by", &channel_spec::managed_by, line_text(),
              {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
  std::vector<property<channel_spec>> target;
  add_target_rows(target);
  for (auto& row : target)
    s->row(std::move(row));
  return s;
}

constexpr auto record_of = [](const contact_method_record& x) -> const contact_method_record& { return x; };

} // namespace

object_ptr<contact_method_spec> contact_method_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<contact_method_spec>>("ContactMethodSpec",
                                                                  "The configurable part of a contact method.");
    s->embed(
        *rows(), [](auto& x) -> auto& { return x; });
    return s;
  }();
  return schema;
}

object_ptr<contact_method_record> contact_method_schema() {
  static const auto schema = [] {
    using method = const contact_method_record&;
    auto s = std::make_shared<object_schema<contact_method_record>>("ContactMethod", "How a user is reached.");
    add_id<contact_method_id>(*s, record_of);
    s->embed(
        *contact_method_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    s->maybe("verified_at", instant(),
             {.doc = "When a code that was sent there came back; null: it is not used to page anybody. An edit of the "
                     "address takes it back.",
              .example = "null"},
             [](method x, const write_options&) { return x.proof.verified_at; });
    s->maybe<webhook_secret>("secret", webhook_secret_schema(), {.doc = "What signs the events of a webhook, or null."},
                             [](method x, const write_options&) {
                               return kind_of(x.spec.type()).is_signed() ? std::optional{x.secret} : std::nullopt;
                             });
    s->property("health", &contact_method_record::health, channel_health_schema(),
                {.doc = "How deliveries have gone.", .read_only = true});
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

object_ptr<verify_request> verify_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<verify_request>>("VerifyRequest", "A code that was sent.");
    s->property("code", &verify_request::code, text({.min = 6, .max = 6, .pattern = "^[0-9]{6}$"}),
                {.doc = "Its six digits.", .example = R"("123456")", .required = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
