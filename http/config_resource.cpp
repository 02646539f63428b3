#include "core/configuration/configuration.hpp"
#include "core/configuration/document_schema.hpp"
#include "http/api.hpp"
#include "http/configuration_export.hpp"
#include "http/configured.hpp"
#include "http/problem.hpp"

namespace gochron::http {
namespace {

const noun configuration_names{"/api", "Configuration", "*"};

// A document of so many resources that it comes back.
constexpr core::json_limits document_limits{32, 500'000};
// More at once would hold too many owners for too long.
constexpr std::size_t most_changes = 2'000;

const std::vector<parameter>& apply_parameters() {
  static const std::vector<parameter> all{
      {"dry_run", "Only say what would change.", R"({"type":"boolean","default":false})"},
      {"prune", "Delete what the document does not have, in the sections that it has.",
       R"({"type":"boolean","default":false})"}};
  return all;
}

std::string_view noun_of(keyed_noun x) {
  constexpr std::string_view names[] = {"monitor",        "channel",           "alert_rule",
                                        "schedule",       "escalation_policy", "maintenance_window",
                                        "contact_method", "notification_rule", "team"}; // in the order of keyed_noun
  return names[static_cast<std::size_t>(x)];
}

std::string_view action_of(core::config_action x) {
  return x == core::config_action::create ? "create" : x == core::config_action::update ? "update" : "delete";
}

void write_change(core::json_writer& w, const core::config_change& x) {
  w.begin_object();
  w.key("action");
  w.text(action_of(x.action));
  w.key("type");
  w.text(noun_of(x.noun));
  w.key("id"); // of what is not there yet nothing is known
  x.action == core::config_action::create ? w.null() : w.text(x.id_text);
  w.key("key");
  x.key ? w.text(*x.key) : w.null();
  w.key("name");
  w.text(x.name);
  w.key("version");
  x.version > 0 ? w.integer(x.version) : w.null();
  w.key("patch");
  w.raw(x.patch);
  w.end_object();
}

std::string render_plan(const core::config_plan& plan, bool dry_run) {
  core::json_writer w;
  w.begin_object();
  w.key("dry_run");
  w.boolean(dry_run);
  std::int64_t counts[3] = {};
  for (const auto& x : plan.changes)
    ++counts[static_cast<std::size_t>(x.action)];
  w.key("summary");
  w.begin_object();
  for (auto action : {core::config_action::create, core::config_action::update, core::config_action::remove}) {
    w.key(action_of(action));
    w.integer(counts[static_cast<std::size_t>(action)]);
  }
  w.key("unchanged");
  w.integer(plan.unchanged);
  w.end_object();
  w.key("changes");
  w.begin_array();
  for (const auto& x : plan.changes)
    write_change(w, x);
  w.end_array();
  w.end_object();
  return w.str();
}

// One application under way: why each step was refused.
struct applying {
  call c;
  core::config_plan plan;
  std::vector<std::optional<error>> refusals = std::vector<std::optional<error>>(plan.changes.size());
};

using apply_ptr = std::shared_ptr<applying>;
using ended = std::function<void(status)>;

template <class T>
reply_to<T> settle(const apply_ptr& a, std::size_t n, const ended& done) {
  return reply_to<T>{[a, n, done](const result<T>& x) {
    if (x)
      return done({});
    a->refusals[n] = x.error();
    done(fail(x.error()));
  }};
}

// What a noun's actor edits.
template <class Spec>
using edited_as = std::conditional_t<std::is_same_v<Spec, contact_method_spec>, channel_spec, Spec>;

// The messages of one noun; what the nouns' messages call their members is the same.
template <class Id, class Shown, class Spec, class Create, class Edit, class Remove>
void tell_one(const apply_ptr& a, std::size_t n, const part_ptr& part, const ended& done) {
  const auto& x = a->plan.changes[n];
  const auto& c = a->c;
  auto as = [](auto& m) {
    if constexpr (requires { m.as; } && std::is_same_v<Spec, contact_method_spec>)
      m.as = channel_noun::contact_method;
  };
  if (x.action == core::config_action::remove) {
    Remove m{};
    as(m);
    m.org = c.org();
    m.id = Id{x.id};
    m.if_version = x.version;
    m.reply = settle<void>(a, n, done);
    m.into = part;
    m.by = c.by();
    return c.with().engine.tell(std::move(m));
  }
  auto spec = std::get<Spec>(x.wanted);
  if (x.action == core::config_action::create) {
    Create m{};
    m.org = c.org();
    m.spec = std::move(spec);
    m.reply = settle<Shown>(a, n, done);
    m.into = part;
    m.id = Id{x.id};
    m.by.from = c.by().from;
    m.by.dry = c.dry();
    return c.with().engine.tell(std::move(m));
  }
  Edit m{};
  as(m);
  m.org = c.org();
  m.id = Id{x.id};
  m.if_version = x.version;
  m.edit = [spec = std::move(spec)](const auto&) -> result<edited_as<Spec>> { return spec; };
  m.reply = settle<Shown>(a, n, done);
  m.into = part;
  m.by.from = c.by().from;
  m.by.dry = c.dry();
  c.with().engine.tell(std::move(m));
}

void tell(const apply_ptr& a, std::size_t n, const part_ptr& part, const ended& done) {
  switch (a->plan.changes[n].noun) {
  case keyed_noun::monitor:
    return tell_one<monitor_id, monitor_view, monitor_spec, create_monitor, edit_monitor, remove_monitor>(a, n, part,
                                                                                                          done);
  case keyed_noun::channel:
    return tell_one<channel_id, channel_record, channel_spec, create_channel, edit_channel, remove_channel>(a, n, part,
                                                                                                            done);
  case keyed_noun::alert_rule:
    return tell_one<rule_id, alert_rule_record, alert_rule_spec, create_rule, edit_rule, remove_rule>(a, n, part, done);
  case keyed_noun::schedule:
    return tell_one<schedule_id, schedule_record, schedule_spec, create_schedule, edit_schedule, remove_schedule>(
        a, n, part, done);
  case keyed_noun::escalation_policy:
    return tell_one<policy_id, escalation_policy_record, escalation_policy_spec, create_policy, edit_policy,
                    remove_policy>(a, n, part, done);
  case keyed_noun::maintenance_window:
    return tell_one<window_id, maintenance_window_view, maintenance_window_spec, create_window, edit_window,
                    remove_window>(a, n, part, done);
  case keyed_noun::contact_method:
    return tell_one<channel_id, channel_record, contact_method_spec, create_channel, edit_channel, remove_channel>(
        a, n, part, done);
  case keyed_noun::notification_rule:
    return tell_one<notification_rule_id, notification_rule_record, notification_rule_spec, create_notification_rule,
                    edit_notification_rule, remove_notification_rule>(a, n, part, done);
  case keyed_noun::team:
    return tell_one<team_id, team_record, team_spec, create_team, edit_team, remove_team>(a, n, part, done);
  }
}

error refusal_of(const applying& a, const error& why) {
  error e{errc::conflict, "Nothing was applied.", {}, {}, {}};
  for (std::size_t n = 0; n < a.refusals.size(); ++n) {
    const auto& x = a.refusals[n];
    if (!x || is_not_applied(*x))
      continue;
    if (x->retry_after.count() > 0)
      return *x;
    if (x->code == errc::limit_exceeded)
      e.code = x->code;
    auto detail = a.plan.changes[n].name + ": " + x->detail;
    e.violations.push_back({"/changes/" + std::to_string(n), std::string{kind_of(x->code).code}, std::move(detail)});
    e.blocked_by.insert(e.blocked_by.end(), x->blocked_by.begin(), x->blocked_by.end());
  }
  return e.violations.empty() ? why : e;
}

void apply(const call& c, core::config_plan plan) {
  if (plan.changes.size() > most_changes)
    return c.refuse(
        {errc::invalid, "More than " + std::to_string(most_changes) + " changes are too many at once.", {}, {}, {}});
  extend_deadline(c.ticket(), seconds{30});
  auto a = std::make_shared<applying>(applying{c, std::move(plan)});
  write_together all;
  for (std::size_t n = 0; n < a->plan.changes.size(); ++n) {
    const auto& x = a->plan.changes[n];
    all.steps.push_back({x.action == core::config_action::create ? uuid{} : x.id,
                         [a, n](const part_ptr& part, const ended& done) { tell(a, n, part, done); }});
  }
  all.dry = c.dry();
  all.reply = reply_to<void>{
      [a](status s) { s ? a->c.json(200, render_plan(a->plan, false)) : a->c.refuse(refusal_of(*a, s.error())); }};
  c.with().engine.tell(std::move(all));
}

void put_config(call c) {
  query_reader q{c};
  bool dry_run = q.boolean("dry_run").value_or(false);
  core::plan_options options;
  options.prune = q.boolean("prune").value_or(false);
  options.make_id = [now = c.with().clock.now()] { return make_uuid(now); };
  if (auto e = q.problem(apply_parameters()))
    return c.refuse(*e);
  auto document = core::parse_json(*c.request().body, document_limits);
  if (!document)
    return c.refuse(document.error());
  auto planned = [c, dry_run, options,
                  wanted = std::make_shared<core::json_value>(std::move(*document))](result<configuration> present) {
    if (!present)
      return c.refuse(present.error());
    auto plan = core::plan_of(*present, std::move(*wanted), options);
    if (!plan)
      return c.refuse(plan.error());
    dry_run ? c.json(200, render_plan(*plan, true)) : apply(c, std::move(*plan));
  };
  c.with().queries.configured(c.org(), reply_to<configuration>{std::move(planned)});
}

constexpr auto example =
    R"({"format":1,"channels":[{"key":"ops","name":"Operations","type":"webhook",)"
    R"("webhook":{"url":"https://hooks.example/gochron"}}],"monitors":[{"key":"shop",)"
    R"("name":"Shop","type":"http","http":{"url":"https://shop.example/"}}],"escalation_policies":)"
    R"([{"key":"night","name":"Night","steps":[{"key":"first","targets":[{"type":"channel",)"
    R"("id":"key:ops"}]}]}],"alert_rules":[{"key":"pages","name":"Pages","monitor_ids":)"
    R"(["key:shop"],"channel_ids":["key:ops"],"escalation_policy_id":"key:night"}]})";

} // namespace

operations config_operations() {
  operation_table add{configuration_names};
  add("GET", "/export", "exportConfiguration", false, "Export the configuration",
      "All channels, monitors, contact methods, notification rules, teams, schedules, escalation policies, alert "
      "rules and maintenance windows as one document that diffs well: sorted, "
      "in a fixed order, secrets null. "
      "A resource with a `key` goes by it (references: `key:<key>`), one without by its id. For Terraform there are "
      "users "
      "and overrides that are not over besides; a plan of it imports everything and changes nothing.",
      {200, "The document.", nullptr, false, false, "application/json", "text/plain"}, export_configuration)
      .query = export_parameters();
  auto& put = add("PUT", "/config", "applyConfiguration", true, "Apply a configuration",
                  "Makes the organisation what the document says, all of it or nothing, and answers with the changes. "
                  "What it does not name stays, unless `prune`. A secret that is null stays as it is.",
                  {200, "The changes.", nullptr}, put_config);
  put.query = apply_parameters();
  put.body = body_spec{core::configuration_info(), core::schema_use::request, example, true};
  put.problems = {409, 412};
  return std::move(add.all);
}

} // namespace gochron::http
