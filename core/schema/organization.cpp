#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

object_ptr<usage_line> usage_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<usage_line>>("Usage", "How much there is of something, and may be.");
    s->property("used", &usage_line::used, count<std::int64_t>(),
                {.doc = "How many there are.", .example = "7", .read_only = true});
    s->property("maximum", &usage_line::maximum, count<std::int64_t>(),
                {.doc = "How many the plan allows; null: no limit.", .example = "20", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace

object_ptr<organization> organization_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<organization>>("Organization", "A tenant: everything else belongs to one.");
    s->property("id", &organization::id, identifier<org_id>(), {.doc = "Given by us.", .read_only = true});
    s->property("name", &organization::name, line_text(),
                {.doc = "What people call it.", .example = R"("Example Ltd")", .required = true});
    s->property("plan", &organization::plan, text({.min = 1, .max = 50, .pattern = "^[a-z0-9_]+$"}),
                {.doc = "How much it may have: `free`, `pro`, `pro_plus`, `team`, `self_hosted`, or another plan of "
                        "this installation.",
                 .example = R"("free")"});
    s->property("created_at", &organization::created_at, instant(), {.doc = "When it was made.", .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<created_organization> created_organization_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<created_organization>>("CreatedOrganization",
                                                                   "A new organisation, with a token to get in.");
    s->embed(
        *organization_schema(), [](auto& x) -> auto& { return x.record; });
    s->computed<created_token>(
        "owner_token", created_token_schema(),
        {.doc = "A token with the scope `admin`, and its secret: shown this once and kept nowhere."},
        [](const created_organization& x, const write_options&) {
          return created_token{x.owner_token, x.secret};
        });
    return s;
  }();
  return schema;
}

object_ptr<limits_view> limits_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<limits_view>>("Limits", "What the organisation may have, and what it has.");
    auto line = [&](std::string_view name, usage_line limits_view::*of, std::string_view doc) {
      s->property(name, of, usage_schema(), {.doc = doc, .example = R"({"used":7,"maximum":20})", .read_only = true});
    };
    s->property("plan", &limits_view::plan, any_text(),
                {.doc = "Its name.", .example = R"("free")", .read_only = true});
    line("monitors", &limits_view::monitors, "Ephemeral ones count while they live.");
    line("channels", &limits_view::channels, "Channels.");
    line("alert_rules", &limits_view::alert_rules, "Alert rules.");
    line("users", &limits_view::users, "Users.");
    line("tokens", &limits_view::tokens, "Tokens, expired ones too.");
    line("escalation_policies", &limits_view::escalation_policies, "Escalation policies.");
    line("maintenance_windows", &limits_view::maintenance_windows, "Maintenance windows, those that are over too.");
    line("teams", &limits_view::teams, "Teams.");
    s->property("contact_methods_per_user", &limits_view::contact_methods_per_user, count<std::int64_t>(),
                {.doc = "How many each user may have, by any plan.", .example = "20", .read_only = true});
    s->property("notification_rules_per_user", &limits_view::notification_rules_per_user, count<std::int64_t>(),
                {.doc = "How many each user may have, by any plan.", .example = "50", .read_only = true});
    s->property("history_days", &limits_view::history_days, count<std::int64_t>(),
                {.doc =
                     "How far back results, status changes and resolved incidents are shown, and how long incidents, "
                     "their events and deliveries are kept; null: as long as this installation keeps them.",
                 .example = "60",
                 .read_only = true});
    s->property("writes_per_minute", &limits_view::writes_per_minute, count<std::int64_t>(),
                {.doc = "To each kind of resource, by all tokens together; null: no limit.",
                 .example = "60",
                 .read_only = true});
    s->property("requests_per_second", &limits_view::requests_per_second, count<std::int64_t>(),
                {.doc = "Of each token, in the long run; null: no limit.", .example = "100", .read_only = true});
    s->property("requests_burst", &limits_view::requests_burst, count<std::int64_t>(),
                {.doc = "Of each token, at once; null: no limit.", .example = "100", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
