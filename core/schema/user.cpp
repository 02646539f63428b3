#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/resources.hpp"

namespace gochron::core {
namespace {

// What a mail server would take, near enough: one `@` between visible ASCII and a host.
type_ptr<std::string> email_text() {
  return text({.min = 3, .max = 254, .pattern = "^[!-?A-~]{1,64}@[0-9A-Za-z.-]{1,189}$"});
}

constexpr auto record_of = [](const user_record& x) -> const user_record& { return x; };

} // namespace

object_ptr<user_spec> user_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<user_spec>>("UserSpec", "The configurable part of a user.");
    s->property("email", &user_spec::email, email_text(),
                {.doc = "Unique in the organisation, whatever the case; kept as given.",
                 .example = R"("ada@example.com")",
                 .required = true});
    s->property("name", &user_spec::name, line_text(),
                {.doc = "What people call them.", .example = R"("Ada Lovelace")", .required = true});
    s->property("role", &user_spec::role, enumeration<user_role>(),
                {.doc = "What their tokens may do at most. `viewer`: read. `member`: also write, but no users, tokens, "
                        "organisations. `admin`: everything but owners. `owner`: everything.",
                 .example = R"("member")"});
    s->property("managed_by", &user_spec::managed_by, line_text(),
                {.doc = "The tool that owns this configuration.", .example = R"("terraform")"});
    return s;
  }();
  return schema;
}

object_ptr<user_record> user_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<user_record>>("User", "Somebody of the organisation.");
    add_id<user_id>(*s, record_of);
    s->embed(
        *user_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    add_history(*s, record_of);
    return s;
  }();
  return schema;
}

} // namespace gochron::core
