#include "core/roles.hpp"
#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun organizations{"/api/organizations", "Organizations", "organizations"};

// Tenants are the operator's business: one organisation never sees another.
bool refused_to_tenants(const call& c) {
  if (!c.with().hosted) {
    c.refuse({errc::forbidden,
              "This server was not started with --hosted: `gochron org` on its host makes and lists organisations.",
              {},
              {},
              {}});
    return true;
  }
  if (c.org() == c.with().operators)
    return false;
  c.refuse(
      {errc::forbidden, "Only administrators of the operator's own organisation manage organisations.", {}, {}, {}});
  return true;
}

void create(call c) {
  if (refused_to_tenants(c) || refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::organization_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  auto [by, reply] = c.write<created_organization>([c](const created_organization& x) {
    return c.created(x, *core::created_organization_schema(), "/api/organizations/" + x.record.id.str(), {}, true);
  });
  c.with().engine.tell(
      create_organization{c.org(), std::move(wanted->name), std::move(wanted->plan), std::move(by), std::move(reply)});
}

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({ids_parameter("org")});
  return all;
}

void list(call c) {
  if (refused_to_tenants(c))
    return;
  query_reader q{c};
  auto ids = q.ids<org_id>("ids");
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().queries.organizations(std::move(ids), page, list_of<organization>(c, core::organization_schema()));
}

void show(const call& c, org_id id) {
  auto x = c.with().engine.limits(id);
  if (!x)
    return c.refuse({errc::not_found, "No such organisation.", {}, {}, {}});
  c.one(result<organization>{x->of}, *core::organization_schema());
}

void get(call c) {
  if (refused_to_tenants(c))
    return;
  with_target<org_id>(c, [&](org_id id, auto) { show(c, id); });
}

void get_own(call c) {
  if (!refused_parameters(c))
    show(c, c.org());
}

core::limits_view view_of(const organization_limits& x, const rate_options& rates) {
  auto line = [&](countable what) {
    return core::usage_line{std::max<std::int64_t>(x.used[static_cast<std::size_t>(what)], 0), x.plan->cap(what)};
  };
  core::limits_view v;
  v.plan = x.plan->name;
  v.monitors = line(countable::monitors);
  v.channels = line(countable::channels);
  v.alert_rules = line(countable::alert_rules);
  v.users = line(countable::users);
  v.tokens = line(countable::tokens);
  v.escalation_policies = line(countable::escalation_policies);
  v.maintenance_windows = line(countable::maintenance_windows);
  v.teams = line(countable::teams);
  v.contact_methods_per_user = std::int64_t{most_contact_methods};
  v.notification_rules_per_user = std::int64_t{most_notification_rules};
  v.history_days = x.plan->history_days;
  v.writes_per_minute = x.plan->writes_per_minute;
  if (rates.token.limits()) {
    v.requests_burst = rates.token.quota;
    v.requests_per_second = std::chrono::nanoseconds{seconds{1}} / rates.token.one();
  }
  return v;
}

void get_limits(call c) {
  if (refused_parameters(c))
    return;
  auto x = c.with().engine.limits(c.org());
  if (!x)
    return c.refuse({errc::unavailable, "The plan is not known yet.", {}, seconds{1}, {}});
  c.one(result<core::limits_view>{view_of(*x, c.with().rates)}, *core::limits_schema());
}

operation own(std::string path, std::string id, std::string tag, std::string scope, std::string summary,
              std::string doc, success ok, std::function<void(call)> run) {
  operation op;
  op.method = "GET";
  op.path = std::move(path);
  op.id = std::move(id);
  op.tag = std::move(tag);
  op.scope = std::move(scope);
  op.summary = std::move(summary);
  op.doc = std::move(doc);
  op.ok = std::move(ok);
  op.run = std::move(run);
  return op;
}

} // namespace

operations organization_operations() {
  auto type = core::organization_schema()->info();
  operation_table add{organizations};
  add("GET", "", "listOrganizations", false, "List organisations",
      "For administrators of the operator's organisation, on a server that runs with `--hosted`; oldest first.",
      {200, "A page of organisations.", type, true}, list)
      .query = filters();
  add("POST", "", "createOrganization", true, "Create an organisation",
      "For administrators of the operator's organisation, on a server that runs with `--hosted`. The secret of its "
      "first token is in this answer alone.",
      {201, "The organisation with its first token.", core::created_organization_schema()->info()}, create)
      .body = body_spec{type, core::schema_use::request, R"({"name":"Example Ltd","plan":"free"})", true};
  add("GET", "/{id}", "getOrganization", false, "Get an organisation",
      "For administrators of the operator's organisation, on a server that runs with `--hosted`.",
      {200, "The organisation.", type}, get);
  for (auto& op : add.all)
    op.scope = "admin";
  add.all.push_back(own("/api/organization", "getOwnOrganization", "Organizations", "organizations:read",
                        "Get the own organisation", "The one that the token belongs to.",
                        {200, "The organisation.", type}, get_own));
  add.all.push_back(own("/api/limits", "getLimits", "Limits", "limits:read", "Get the limits",
                        "What the plan allows, what there is of it, and how often a token may ask.",
                        {200, "The limits.", core::limits_schema()->info()}, get_limits));
  return std::move(add.all);
}

} // namespace gochron::http
