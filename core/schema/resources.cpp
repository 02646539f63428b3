#include "core/schema/resources.hpp"

#include "core/schema/maintenance.hpp"

namespace gochron::core {
namespace {

// The resource that a spec is the configurable part of: bodies are read by its table, so that read-only properties are
// told from unknown ones.
template <class Spec>
struct resource_of;

template <>
struct resource_of<monitor_spec> {
  using type = monitor_view;
  static auto schema() { return monitor_schema(); }
  static monitor_spec& spec(type& x) { return x.record.spec; }
};

template <>
struct resource_of<channel_spec> {
  using type = channel_record;
  static auto schema() { return channel_schema(); }
  static channel_spec& spec(type& x) { return x.spec; }
};

template <>
struct resource_of<alert_rule_spec> {
  using type = alert_rule_record;
  static auto schema() { return alert_rule_schema(); }
  static alert_rule_spec& spec(type& x) { return x.spec; }
};

template <>
struct resource_of<user_spec> {
  using type = user_record;
  static auto schema() { return user_schema(); }
  static user_spec& spec(type& x) { return x.spec; }
};

template <>
struct resource_of<schedule_spec> {
  using type = schedule_record;
  static auto schema() { return schedule_schema(); }
  static schedule_spec& spec(type& x) { return x.spec; }
};

template <>
struct resource_of<token_record> {
  using type = token_record;
  static auto schema() { return token_schema(); }
  static token_record& spec(type& x) { return x; }
};

template <>
struct resource_of<escalation_policy_spec> {
  using type = escalation_policy_record;
  static auto schema() { return escalation_policy_schema(); }
  static escalation_policy_spec& spec(type& x) { return x.spec; }
};

template <>
struct resource_of<maintenance_window_spec> {
  using type = maintenance_window_view;
  static auto schema() { return maintenance_window_schema(); }
  static maintenance_window_spec& spec(type& x) { return x.record.spec; }
};

template <>
struct resource_of<contact_method_spec> {
  using type = contact_method_record;
  static auto schema() { return contact_method_schema(); }
  static contact_method_spec& spec(type& x) { return x.spec; }
};

template <>
struct resource_of<notification_rule_spec> {
  using type = notification_rule_record;
  static auto schema() { return notification_rule_schema(); }
  static notification_rule_spec& spec(type& x) { return x.spec; }
};

template <>
struct resource_of<team_spec> {
  using type = team_record;
  static auto schema() { return team_schema(); }
  static team_spec& spec(type& x) { return x.spec; }
};

// Two ways to say one thing may contradict each other.
void refuse_two_ends(const json_value& body, reader& r) {
  auto given = [&](std::string_view name) {
    auto x = body.as<json_object>() ? body.find(name) : nullptr;
    return x && !x->is_null();
  };
  if (given("expires_at") && given("ttl_seconds"))
    r.fail("inconsistent", "Either `expires_at` or `ttl_seconds`.", "ttl_seconds");
}

template <class Spec>
result<Spec> read(const Spec* current, const json_value& body, read_mode mode, std::optional<timestamp> now) {
  using resource = resource_of<Spec>;
  auto schema = resource::schema();
  typename resource::type before, after;
  if (current)
    resource::spec(before) = *current;
  if (mode == read_mode::patch)
    after = before;
  reader r{mode, false, now};
  schema->read(body, after, r);
  if constexpr (std::is_same_v<Spec, monitor_spec>)
    refuse_two_ends(body, r);
  if (current && body.as<json_object>() && !r.spoiled({"type"}))
    schema->check_immutable(before, after, r);
  if constexpr (std::is_same_v<Spec, maintenance_window_spec>)
    if (!current && now && r.count() == 0)
      refuse_if_over(resource::spec(after), *now, r);
  if (r.count() > 0)
    return fail(r.take_error());
  return std::move(resource::spec(after));
}

template <class Spec>
result<Spec> read(const Spec* current, std::string_view json, read_mode mode, std::optional<timestamp> now) {
  auto body = parse_json(json);
  if (!body)
    return fail(body.error());
  return read(current, *body, mode, now);
}

} // namespace

template <class Spec>
result<Spec> create(std::string_view json, std::optional<timestamp> now) {
  return read<Spec>(nullptr, json, read_mode::whole, now);
}
template <class Spec>
result<Spec> create(const json_value& body, std::optional<timestamp> now) {
  return read<Spec>(nullptr, body, read_mode::whole, now);
}

template <class Spec>
result<Spec> replace(const Spec& current, std::string_view json, std::optional<timestamp> now) {
  return read<Spec>(&current, json, read_mode::whole, now);
}
template <class Spec>
result<Spec> replace(const Spec& current, const json_value& body, std::optional<timestamp> now) {
  return read<Spec>(&current, body, read_mode::whole, now);
}

template <class Spec>
result<Spec> merge(const Spec& current, std::string_view json, std::optional<timestamp> now) {
  return read<Spec>(&current, json, read_mode::patch, now);
}
template <class Spec>
result<Spec> merge(const Spec& current, const json_value& body, std::optional<timestamp> now) {
  return read<Spec>(&current, body, read_mode::patch, now);
}

template result<monitor_spec> create(std::string_view, std::optional<timestamp>);
template result<monitor_spec> replace(const monitor_spec&, std::string_view, std::optional<timestamp>);
template result<monitor_spec> merge(const monitor_spec&, std::string_view, std::optional<timestamp>);
template result<monitor_spec> create(const json_value&, std::optional<timestamp>);
template result<monitor_spec> replace(const monitor_spec&, const json_value&, std::optional<timestamp>);
template result<monitor_spec> merge(const monitor_spec&, const json_value&, std::optional<timestamp>);
template result<channel_spec> create(std::string_view, std::optional<timestamp>);
template result<channel_spec> replace(const channel_spec&, std::string_view, std::optional<timestamp>);
template result<channel_spec> merge(const channel_spec&, std::string_view, std::optional<timestamp>);
template result<channel_spec> create(const json_value&, std::optional<timestamp>);
template result<channel_spec> replace(const channel_spec&, const json_value&, std::optional<timestamp>);
template result<channel_spec> merge(const channel_spec&, const json_value&, std::optional<timestamp>);
template result<alert_rule_spec> create(std::string_view, std::optional<timestamp>);
template result<alert_rule_spec> replace(const alert_rule_spec&, std::string_view, std::optional<timestamp>);
template result<alert_rule_spec> merge(const alert_rule_spec&, std::string_view, std::optional<timestamp>);
template result<alert_rule_spec> create(const json_value&, std::optional<timestamp>);
template result<alert_rule_spec> replace(const alert_rule_spec&, const json_value&, std::optional<timestamp>);
template result<alert_rule_spec> merge(const alert_rule_spec&, const json_value&, std::optional<timestamp>);
template result<user_spec> create(std::string_view, std::optional<timestamp>);
template result<user_spec> replace(const user_spec&, std::string_view, std::optional<timestamp>);
template result<user_spec> merge(const user_spec&, std::string_view, std::optional<timestamp>);
template result<schedule_spec> create(std::string_view, std::optional<timestamp>);
template result<schedule_spec> replace(const schedule_spec&, std::string_view, std::optional<timestamp>);
template result<schedule_spec> merge(const schedule_spec&, std::string_view, std::optional<timestamp>);
template result<schedule_spec> create(const json_value&, std::optional<timestamp>);
template result<schedule_spec> replace(const schedule_spec&, const json_value&, std::optional<timestamp>);
template result<schedule_spec> merge(const schedule_spec&, const json_value&, std::optional<timestamp>);
template result<token_record> merge(const token_record&, std::string_view, std::optional<timestamp>);
template result<escalation_policy_spec> create(std::string_view, std::optional<timestamp>);
template result<escalation_policy_spec> replace(const escalation_policy_spec&, std::string_view,
                                                std::optional<timestamp>);
template result<escalation_policy_spec> merge(const escalation_policy_spec&, std::string_view,
                                              std::optional<timestamp>);
template result<escalation_policy_spec> create(const json_value&, std::optional<timestamp>);
template result<escalation_policy_spec> replace(const escalation_policy_spec&, const json_value&,
                                                std::optional<timestamp>);
template result<escalation_policy_spec> merge(const escalation_policy_spec&, const json_value&,
                                              std::optional<timestamp>);
template result<maintenance_window_spec> create(std::string_view, std::optional<timestamp>);
template result<maintenance_window_spec> replace(const maintenance_window_spec&, std::string_view,
                                                 std::optional<timestamp>);
template result<maintenance_window_spec> merge(const maintenance_window_spec&, std::string_view,
                                               std::optional<timestamp>);
template result<maintenance_window_spec> create(const json_value&, std::optional<timestamp>);
template result<maintenance_window_spec> replace(const maintenance_window_spec&, const json_value&,
                                                 std::optional<timestamp>);
template result<maintenance_window_spec> merge(const maintenance_window_spec&, const json_value&,
                                               std::optional<timestamp>);
template result<contact_method_spec> create(std::string_view, std::optional<timestamp>);
template result<contact_method_spec> replace(const contact_method_spec&, std::string_view, std::optional<timestamp>);
template result<contact_method_spec> merge(const contact_method_spec&, std::string_view, std::optional<timestamp>);
template result<contact_method_spec> create(const json_value&, std::optional<timestamp>);
template result<contact_method_spec> replace(const contact_method_spec&, const json_value&, std::optional<timestamp>);
template result<contact_method_spec> merge(const contact_method_spec&, const json_value&, std::optional<timestamp>);
template result<notification_rule_spec> create(std::string_view, std::optional<timestamp>);
template result<notification_rule_spec> replace(const notification_rule_spec&, std::string_view,
                                                std::optional<timestamp>);
template result<notification_rule_spec> merge(const notification_rule_spec&, std::string_view,
                                              std::optional<timestamp>);
template result<notification_rule_spec> create(const json_value&, std::optional<timestamp>);
template result<notification_rule_spec> replace(const notification_rule_spec&, const json_value&,
                                                std::optional<timestamp>);
template result<notification_rule_spec> merge(const notification_rule_spec&, const json_value&,
                                              std::optional<timestamp>);
template result<team_spec> create(std::string_view, std::optional<timestamp>);
template result<team_spec> replace(const team_spec&, std::string_view, std::optional<timestamp>);
template result<team_spec> merge(const team_spec&, std::string_view, std::optional<timestamp>);
template result<team_spec> create(const json_value&, std::optional<timestamp>);
template result<team_spec> replace(const team_spec&, const json_value&, std::optional<timestamp>);
template result<team_spec> merge(const team_spec&, const json_value&, std::optional<timestamp>);

} // namespace gochron::core
