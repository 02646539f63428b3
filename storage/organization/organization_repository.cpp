#include "storage/organization/organization_repository.hpp"

#include "storage/audit/note_rows.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

const statement create_organization{"create_organization", R"(
WITH gate AS (
  INSERT INTO organizations (id, name, plan, created_at)
  SELECT $1, $2, p.name, $4::timestamptz FROM plans p WHERE p.name = $3
  ON CONFLICT DO NOTHING RETURNING id),
owner AS (
  INSERT INTO api_tokens (id, org_id, version, name, scopes, digest, hint, created_at)
  SELECT $5::uuid, gate.id, 1, $6::text, $7::text[], $8::bytea, $9::text, $4::timestamptz FROM gate))" +
                                                               note_ctes("$10::jsonb") + "SELECT count(*) FROM gate"};

const statement read_plans{"read_plans", R"(
SELECT name, monitors, channels, alert_rules, users, tokens, escalation_policies, maintenance_windows, teams,
  history_days, writes_per_minute
FROM plans)"};

const statement read_organizations{"read_organizations", R"(
SELECT o.id, o.name, o.plan, o.created_at, coalesce(t.tokens, 0)
FROM organizations o LEFT JOIN (SELECT org_id, count(*) AS tokens FROM api_tokens GROUP BY org_id) t
  ON t.org_id = o.id)"};

plan plan_from_row(row_reader& in) {
  plan x;
  in >> x.name;
  for (auto& most : x.most)
    in >> most;
  in >> x.history_days >> x.writes_per_minute;
  return x;
}

binary bytes_of(const sha256_digest& x) {
  return {{reinterpret_cast<const char*>(x.data()), x.size()}};
}

} // namespace

void organization_repository::create(organization x, token_record owner, write_note note, reply_to<organization> done) {
  params p;
  p << x.id << x.name << x.plan << x.created_at << owner.id << owner.name << owner.scopes << bytes_of(owner.digest)
    << owner.hint << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) -> result<organization> {
    std::int64_t made = 0;
    row_reader{answer, 0} >> made;
    if (made == 1)
      return x;
    return fail(error{errc::invalid,
                      "The organisation cannot be made like this.",
                      {{"/plan", "not_one_of", "There is no such plan."}},
                      {},
                      {}});
  };
  auto unit = one_command<organization>({&create_organization, std::move(p)}, std::move(done), judge);
  submit(deps_, entity, std::move(unit), note.dry);
}

void organization_repository::snapshot(reply_to<tenancy_snapshot> done) {
  deps_.reads->read<tenancy_snapshot>(std::move(done), [](connection& db) -> sql_result<result<tenancy_snapshot>> {
    auto x = read_tenancy(db);
    if (!x)
      return sql_fail(x.error());
    return result<tenancy_snapshot>{std::move(*x)};
  });
}

sql_result<tenancy_snapshot> read_tenancy(connection& db) {
  tenancy_snapshot x;
  auto plans = db.run(read_plans);
  if (!plans)
    return sql_fail(plans.error());
  x.plans = map_rows(*plans, plan_from_row);
  auto organizations = db.run(read_organizations);
  if (!organizations)
    return sql_fail(organizations.error());
  x.organizations = map_rows(*organizations, [](row_reader& in) {
    tenancy_snapshot::row one;
    one.record = organization_from_row(in);
    in >> one.tokens;
    return one;
  });
  return x;
}

const std::string& organization_columns() {
  static const std::string text = " o.id, o.name, o.plan, o.created_at ";
  return text;
}

organization organization_from_row(row_reader& in) {
  organization x;
  in >> x.id >> x.name >> x.plan >> x.created_at;
  return x;
}

} // namespace gochron::storage
