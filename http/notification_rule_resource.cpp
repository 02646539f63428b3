#include "http/noun_handlers.hpp"

namespace gochron::http {
namespace {

struct notification_rules {
  using id = notification_rule_id;
  using spec = notification_rule_spec;
  using shown = notification_rule_record;
  using query = notification_rule_query;
  static constexpr auto keyed = keyed_noun::notification_rule;
  static constexpr bool shows_secret = false;
  static constexpr auto example = R"({"user_id":"usr_01jd9e6h6gf4g8w1q6v5q8z3ab","urgency":"high",)"
                                  R"("contact_method_id":"cm_01jd9e6h6gf4g8w1q6v5q8z3ab","delay_seconds":300})";
  static constexpr auto patch_example = R"({"delay_seconds":600})";

  static const noun& names();
  static const noun_texts& texts();
  static auto schema() { return core::notification_rule_schema(); }
  static const notification_rule_record& record_of(const shown& x) { return x; }
  static const std::vector<parameter>& filters();
  static void read_filters(query_reader& q, query& to) {
    to.user = q.id<user_id>("user_id");
    to.contact_method = q.id<contact_method_id>("contact_method_id");
    to.urgencies = q.names<urgency>("urgency");
  }
  static void list(const call& c, query wanted, const page_request& p) {
    c.with().queries.notification_rules(c.org(), std::move(wanted), p, list_of<notification_rule_record>(c, schema()));
  }
  static create_notification_rule create(const call& c, spec x, written_by<shown> by, part_ptr into,
                                         reply_to<shown> reply) {
    return {c.org(), std::move(x), std::move(by), std::move(reply), std::move(into), {}};
  }
  static get_notification_rule get(const call& c, id x, reply_to<shown> reply) {
    return {c.org(), x, std::move(reply)};
  }
  static edit_notification_rule edit(const call& c, id x, std::optional<std::int64_t> version, edit_of<spec> f,
                                     written_by<shown> by, part_ptr into, reply_to<shown> reply) {
    return {c.org(), x, version, std::move(f), std::move(by), std::move(reply), std::move(into)};
  }
  static remove_notification_rule remove(const call& c, id x, std::optional<std::int64_t> version, written_by<void> by,
                                         part_ptr into, reply_to<void> reply) {
    return {c.org(), x, version, std::move(by), std::move(reply), std::move(into)};
  }
};

using handlers = noun_handlers<notification_rules>;

const noun& notification_rules::names() {
  static const noun all{"/api/notification-rules", "Notification rules", "notification-rules", "a notification rule",
                        "notification rules",      "NotificationRule",   "NotificationRules",  "nr"};
  return all;
}

const noun_texts& notification_rules::texts() {
  static const noun_texts all{
      "A page of the notification rules that meet every given filter.",
      "In force for whoever is told from now on. One rule for the same user, urgency, contact method and delay.",
      "The notification rule, with its `Location`.",
      "The notification rule as configured.",
      "The body is the whole rule: what is absent takes its default. What is owed already stays.",
      "A JSON merge patch (RFC 7396): what is absent stays, null takes the default.",
      "What is owed by it already stays."};
  return all;
}

const std::vector<parameter>& notification_rules::filters() {
  static const auto all =
      configured_parameters(names(), "key",
                            {id_parameter<user_id>("user_id", "Only those of this user."),
                             id_parameter<contact_method_id>("contact_method_id", "Only those that use it."),
                             enum_parameter<urgency>("urgency", "Only of these urgencies.")});
  return all;
}

} // namespace

operations notification_rule_operations() {
  operation_table add{notification_rules::names()};
  handlers::add_collection(add);
  handlers::add_bulk(add);
  handlers::add_by_key(add);
  handlers::add_one(add);
  return std::move(add.all);
}

} // namespace gochron::http
