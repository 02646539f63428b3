#include "core/user_routes.hpp"

#include <algorithm>

#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

using how = const write_options&;

bool is_usable(const contact_method_record& x) {
  return x.spec.enabled && x.proof.verified_at && x.health.state != channel_state::disabled;
}

object_ptr<tested_route> tested_route_schema() {
  auto s = std::make_shared<object_schema<tested_route>>("TestedRoute", "What came of a test by one contact method.");
  s->embed(
      *user_route_schema(), [](auto& x) -> auto& { return x.route; });
  s->maybe<delivery_attempt>("attempt", delivery_attempt_schema(),
                             {.doc = "Null: nothing was sent.", .example = "null"},
                             [](const tested_route& x, how) { return x.attempt; });
  s->maybe("problem", any_text(), {.doc = "Why nothing was sent; null: it was.", .example = "null"},
           [](const tested_route& x, how) { return non_empty(x.why_not); });
  return s;
}

} // namespace

std::vector<user_route> routes_of(const user_id& user, urgency hurry,
                                  const std::vector<notification_rule_record>& rules,
                                  const std::vector<contact_method_record>& methods) {
  std::vector<user_route> all;
  for (const auto& rule : rules) {
    auto method = std::ranges::find(methods, rule.spec.contact_method, &contact_method_record::id);
    if (method != methods.end() && rule.spec.user == user && rule.spec.urgency == hurry)
      all.push_back({rule.id, method->id, method->spec.type(), rule.spec.delay, is_usable(*method)});
  }
  std::ranges::stable_sort(all, {}, &user_route::delay);
  if (std::ranges::any_of(all, &user_route::usable))
    return all;
  for (const auto& method : methods)
    if (method.spec.user == user && is_usable(method))
      all.push_back({{}, method.id, method.spec.type(), seconds{0}, true});
  return all;
}

object_ptr<user_route> user_route_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<user_route>>("UserRoute", "One way in which somebody is told.");
    s->property("notification_rule_id", &user_route::rule, identifier<notification_rule_id>(),
                {.doc = "The rule that says so; null: none for this urgency leads anywhere, so everything verified is "
                        "used at once.",
                 .example = "null",
                 .read_only = true});
    s->property("contact_method_id", &user_route::method, identifier<contact_method_id>(),
                {.doc = "By what.", .read_only = true});
    s->property("method", &user_route::type, enumeration<channel_type>(),
                {.doc = "Its type.", .example = R"("sms")", .read_only = true});
    s->property("delay_seconds", &user_route::delay, integer<seconds>(0, 86400),
                {.doc = "After the step that tells them.", .example = "300", .read_only = true});
    s->property("usable", &user_route::usable, boolean(),
                {.doc = "Whether it is verified and enabled.", .example = "true", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<user_test_request> user_test_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<user_test_request>>("UserTestRequest", "Which rules to go by.");
    s->property("urgency", &user_test_request::urgency, enumeration<urgency>(),
                {.doc = "Of the page that is tested.", .example = R"("high")"});
    return s;
  }();
  return schema;
}

object_ptr<user_test> user_test_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<user_test>>("UserTest", "What came of a test page.");
    s->property("user_id", &user_test::user, identifier<user_id>(), {.doc = "Who.", .read_only = true});
    s->property("urgency", &user_test::urgency, enumeration<urgency>(),
                {.doc = "Whose rules were gone by.", .example = R"("high")", .read_only = true});
    s->property("routes", &user_test::routes, array_of<tested_route>(tested_route_schema(), {.max = 100}),
                {.doc = "In the order of their delays, which a test does not wait for.", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
