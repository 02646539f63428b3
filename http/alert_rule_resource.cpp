#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun rules{"/api/alert-rules", "Alert rules", "alert-rules"};

constexpr auto example = R"({"name":"Production pages","selector":{"tags":["env:prod"]},"severity":"critical",)"
                         R"("channel_ids":["chn_01jd9e6h6gf4g8w1q6v5q8z3ab"]})";

reply_to<alert_rule_record> present(const call& c) {
  return reply_to<alert_rule_record>{
      [c](result<alert_rule_record> x) { x ? c.one(x, *core::alert_rule_schema(), x->version) : c.refuse(x.error()); }};
}

void create(call c) {
  if (refused_parameters(c))
    return;
  auto spec = core::create<alert_rule_spec>(*c.request().body);
  if (!spec)
    return c.refuse(spec.error());
  auto [by, reply] = c.write<alert_rule_record>([c](const alert_rule_record& x) {
    return c.created(x, *core::alert_rule_schema(), "/api/alert-rules/" + x.id.str(), x.version);
  });
  c.with().engine.tell(create_rule{c.org(), std::move(*spec), std::move(by), std::move(reply)});
}

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({ids_parameter("rule")});
  return all;
}

void list(call c) {
  query_reader q{c};
  auto ids = q.ids<rule_id>("ids");
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().queries.rules(c.org(), std::move(ids), page, list_of<alert_rule_record>(c, core::alert_rule_schema()));
}

void get(call c) {
  with_target<rule_id>(c, [&](rule_id id, auto) { c.with().engine.tell(get_rule{c.org(), id, present(c)}); });
}

void edit(call c) {
  with_target<rule_id>(c, [&](rule_id id, auto version) {
    auto [by, reply] = c.write<alert_rule_record>(
        [c](const alert_rule_record& x) { return c.shown(x, *core::alert_rule_schema(), x.version); });
    c.with().engine.tell(
        edit_rule{c.org(), id, version, edit_by_body<alert_rule_spec>(c), std::move(by), std::move(reply)});
  });
}

void remove(call c) {
  with_target<rule_id>(c, [&](rule_id id, auto version) {
    c.with().engine.tell(remove_rule{c.org(), id, version, c.by(), c.done()});
  });
}

} // namespace

operations alert_rule_operations() {
  auto type = core::alert_rule_schema()->info();
  operation_table add{rules};
  add("GET", "", "listAlertRules", false, "List alert rules", "A page of the rules, oldest first.",
      {200, "A page of rules.", type, true}, list)
      .query = filters();
  add("POST", "", "createAlertRule", true, "Create an alert rule",
      "Events from now on are matched against it. Channels and monitors that it names must exist.",
      {201, "The rule, with its `Location`.", type, false, true}, create)
      .body = body_spec{type, core::schema_use::request, example, true};
  add("GET", "/{id}", "getAlertRule", false, "Get an alert rule", "The rule as configured.",
      {200, "The rule.", type, false, true}, get);
  add("PUT", "/{id}", "replaceAlertRule", true, "Replace an alert rule",
      "The body is the whole rule: what is absent takes its default.",
      {200, "The rule as it is now.", type, false, true}, edit)
      .body = body_spec{type, core::schema_use::request, example, true};
  add("PATCH", "/{id}", "updateAlertRule", true, "Change an alert rule",
      "A JSON merge patch (RFC 7396): what is absent stays, null takes the default.",
      {200, "The rule as it is now.", type, false, true}, edit)
      .body = body_spec{type, core::schema_use::patch, R"({"enabled":false})", true};
  add("DELETE", "/{id}", "deleteAlertRule", true, "Delete an alert rule",
      "Open incidents keep their promises: a channel that was told of the opening is told of the end.",
      {204, "It is gone.", nullptr}, remove);
  return std::move(add.all);
}

} // namespace gochron::http
