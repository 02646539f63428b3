#include <fmt/format.h>

#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/read_models.hpp"
#include "core/token_format.hpp"

namespace gochron::core {
namespace {

type_ptr<std::string> scope_text() {
  auto shape = fmt::format("^(admin|([*]|{}):(read|write))$", fmt::join(scope_nouns(), "|"));
  return text(
      {.min = 1, .max = 100, .shape = std::move(shape), .check = [](std::string_view x) -> std::optional<complaint> {
         if (is_valid_scope(x))
           return std::nullopt;
         return complaint{"not_one_of", fmt::format("Must be `admin`, or `read` or `write` of one of: *, {}.",
                                                    fmt::join(scope_nouns(), ", "))};
       }});
}

} // namespace

object_ptr<token_record> token_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<token_record>>("Token", "A bearer token, without its secret.");
    s->property("id", &token_record::id, identifier<token_id>(), {.doc = "Given by us.", .read_only = true});
    s->property("name", &token_record::name, line_text(),
                {.doc = "What people call it.", .example = R"("ci")", .required = true});
    s->property("scopes", &token_record::scopes, set_of(scope_text(), {.min = 1, .max = 50}),
                {.doc = "A set: `<noun>:read`, `<noun>:write`, `*:read`, `*:write` or `admin`.",
                 .example = R"(["monitors:read","monitors:write"])",
                 .required = true,
                 .immutable = true});
    s->property("user_id", &token_record::user, identifier<user_id>(),
                {.doc = "Whose it is: of its scopes they have what their role allows, and it ends with them. Null: the "
                        "organisation's own. A token made with a user's token belongs to that user, unless another is "
                        "named.",
                 .example = "null",
                 .immutable = true});
    s->property("expires_at", &token_record::expires_at, instant(),
                {.doc = "From then on it is unknown; null: never.", .example = R"("2027-01-31T12:00:00.000Z")"});
    s->property("hint", &token_record::hint, any_text(),
                {.doc = "How the secret begins.", .example = R"("gct_7Gq2")", .read_only = true});
    s->property("previous_expires_at", &token_record::previous_expires_at, instant(),
                {.doc = "Until when the secret before the last rotation lets in, too; null: it does not.",
                 .example = "null",
                 .read_only = true});
    s->property("created_at", &token_record::created_at, instant(), {.doc = "When it was made.", .read_only = true});
    s->property("last_used_at", &token_record::last_used_at, instant(),
                {.doc = "To the minute.", .example = "null", .read_only = true});
    s->property("last_used_ip", &token_record::last_used_ip, any_text(),
                {.doc = "From where.", .example = "null", .read_only = true});
    s->property("version", &token_record::version, count<std::int64_t>(),
                {.doc = "Also the ETag.", .example = "1", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<created_token> created_token_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<created_token>>("CreatedToken", "A new token, with its secret.");
    s->embed(
        *token_schema(), [](auto& x) -> auto& { return x.record; });
    s->property("secret", &created_token::secret, secret_text(),
                {.doc = "Shown this once and kept nowhere.", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<rotate_request> rotate_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<rotate_request>>("TokenRotation", "How to replace a token's secret.");
    s->property("overlap_seconds", &rotate_request::overlap, integer<seconds>(0, 604800),
                {.doc = "How long the present secret lets in, too.", .example = "3600"});
    return s;
  }();
  return schema;
}

object_ptr<roll_request> roll_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<roll_request>>("SecretRoll", "How to replace a secret.");
    s->property("overlap_seconds", &roll_request::overlap, integer<seconds>(0, 604800),
                {.doc = "How long the present secret signs too.", .example = "86400"});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
