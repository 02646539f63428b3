#include "storage/escalation/policy_repository.hpp"

#include "core/documents.hpp"
#include "storage/audit/note_rows.hpp"
#include "storage/escalation/escalation_rows.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

using policy_record = escalation_policy_record;

// The targets, and those of them that its organisation has not. $1 policy, $2 org; $3 ids, $4 their places, $12 their
// types.
const std::string missing_cte = R"(
WITH named AS (SELECT * FROM unnest($3::uuid[], $4::text[], $12::text[]) u (id, place, type)),
missing AS (
  SELECT u.place FROM named u
  WHERE NOT CASE u.type
    WHEN 'channel' THEN EXISTS (SELECT FROM channels c WHERE c.id = u.id AND c.org_id = $2 AND c.user_id IS NULL)
    WHEN 'user' THEN EXISTS (SELECT FROM users c WHERE c.id = u.id AND c.org_id = $2)
    WHEN 'schedule' THEN EXISTS (SELECT FROM schedules c WHERE c.id = u.id AND c.org_id = $2)
    ELSE EXISTS (SELECT FROM teams c WHERE c.id = u.id AND c.org_id = $2) END),
)";

// A table a type of target.
std::string references_of(const std::string& type) {
  auto table = "escalation_policy_" + type + 's';
  return ",\n" + type + "_references AS (INSERT INTO " + table + " (policy_id, " + type +
         "_id, org_id) SELECT DISTINCT gate.id, u.id, $2 FROM gate, named u WHERE u.type = '" + type +
         "' ON CONFLICT DO NOTHING)";
}

std::string no_more(const std::string& type) {
  return ",\nno_more_" + type + "s AS (DELETE FROM escalation_policy_" + type +
         "s r USING gate WHERE r.policy_id = gate.id AND NOT EXISTS (SELECT FROM named u WHERE u.type = '" + type +
         "' AND u.id = r." + type + "_id))";
}

const std::string reference_ctes =
    references_of("channel") + references_of("user") + references_of("schedule") + references_of("team");
const std::string no_more_ctes = no_more("channel") + no_more("user") + no_more("schedule") + no_more("team");

const std::string verdict = R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM escalation_policies WHERE id = $1 AND org_id = $2), ''
UNION ALL SELECT NULL, NULL, place FROM missing)";

const statement create_policy{"create_policy", missing_cte + R"(
gate AS (
  INSERT INTO escalation_policies (id, org_id, version, name, spec, created_at, updated_at, key)
  SELECT $1, $2, $5::bigint, $6::text, $7::jsonb, $8::timestamptz, $9::timestamptz, $10::text
  WHERE NOT EXISTS (SELECT FROM missing)
  ON CONFLICT DO NOTHING
  RETURNING id))" + reference_ctes + note_ctes("$11::jsonb") +
                                                   verdict};

const statement update_policy{"update_policy", missing_cte + R"(
gate AS (
  UPDATE escalation_policies SET version = $5::bigint, name = $6, spec = $7, created_at = $8, updated_at = $9, key = $10
  WHERE id = $1 AND org_id = $2 AND version = $5::bigint - 1 AND NOT EXISTS (SELECT FROM missing)
    AND NOT EXISTS (SELECT FROM escalation_policies o WHERE o.org_id = $2 AND o.key = $10 AND o.id <> $1)
  RETURNING id))" + no_more_ctes + reference_ctes + note_ctes("$11::jsonb") +
                                                   verdict};

const statement remove_policy{"remove_policy", R"(
WITH gate AS (
  DELETE FROM escalation_policies WHERE id = $1 AND org_id = $2
    AND NOT EXISTS (SELECT FROM alert_rules r WHERE r.escalation_policy_id = $1)
    AND NOT EXISTS (SELECT FROM escalations e WHERE e.policy_id = $1 AND e.state <> 'ended')
  RETURNING id))" + note_ctes("$3::jsonb") + R"(
SELECT (SELECT count(*) FROM gate),
  ARRAY(SELECT r.id FROM alert_rules r WHERE r.escalation_policy_id = $1 AND r.org_id = $2 ORDER BY r.id),
  ARRAY(SELECT e.incident_id FROM escalations e WHERE e.policy_id = $1 AND e.org_id = $2 AND e.state <> 'ended'
        ORDER BY e.incident_id LIMIT 100))"};

const statement load_policy{"load_policy", "SELECT" + policy_columns() + "FROM escalation_policies p WHERE p.id = $1"};

const statement live_escalations{"live_escalations", "SELECT" + escalation_columns() + R"(
FROM escalations e WHERE e.policy_id = $1 AND e.state <> 'ended' AND (e.due_at IS NOT NULL OR e.pending <> '[]'))"};

constexpr std::string_view noun = "escalation policy";

result<policy_record> judge(const rows& answer, const policy_record& x) {
  std::int64_t changed = 0;
  std::optional<std::int64_t> version;
  row_reader{answer, 0} >> changed >> version;
  if (changed == 1)
    return x;
  if (x.version > 1 && !version)
    return fail(no_such(noun));
  if (x.version > 1 && *version != x.version - 1)
    return fail(errc::stale, "The escalation policy was changed meanwhile.");
  error refused{errc::invalid, "The escalation policy names what is not there.", {}, {}, {}};
  for (int i = 1; i < answer.size(); ++i) {
    std::string place;
    row_reader{answer, i}.skip().skip() >> place;
    refused.violations.push_back({place, "unknown_id", "No such id."});
  }
  if (refused.violations.empty())
    return fail(key_taken(noun));
  return fail(std::move(refused));
}

result<void> judge_remove(const rows& answer) {
  std::int64_t deleted = 0;
  std::vector<rule_id> rules;
  std::vector<incident_id> incidents;
  row_reader{answer, 0} >> deleted >> rules >> incidents;
  if (deleted == 1)
    return {};
  if (rules.empty() && incidents.empty())
    return fail(no_such(noun));
  error blocked{
      errc::conflict, "Alert rules name this escalation policy, or open incidents escalate by it.", {}, {}, {}};
  for (const auto& id : rules)
    blocked.blocked_by.push_back(id.str());
  for (const auto& id : incidents)
    blocked.blocked_by.push_back(id.str());
  return fail(std::move(blocked));
}

params params_of(const policy_record& x) {
  std::vector<uuid> ids;
  std::vector<std::string> places;
  for (std::size_t i = 0; i < x.spec.steps.size(); ++i)
    for (std::size_t k = 0; k < x.spec.steps[i].targets.size(); ++k) {
      ids.push_back(x.spec.steps[i].targets[k].id);
      places.push_back("/steps/" + std::to_string(i) + "/targets/" + std::to_string(k) + "/id");
    }
  params p;
  p << x.id << x.org << ids << places << x.version << x.spec.name << core::to_document(x.spec).plain;
  p << x.created_at << x.updated_at << x.spec.key;
  return p;
}

std::vector<std::string> types_of(const policy_record& x) {
  std::vector<std::string> all;
  for (const auto& step : x.spec.steps)
    for (const auto& target : step.targets)
      all.emplace_back(core::name_of(target.type));
  return all;
}

write_unit unit_of(const statement& what, policy_record x, std::string note, reply_to<policy_record> done) {
  auto p = params_of(x);
  p << note << types_of(x);
  return one_command<policy_record>({&what, std::move(p)}, std::move(done),
                                    [x = std::move(x)](const rows& answer) { return judge(answer, x); });
}

} // namespace

void policy_repository::create(policy_record x, write_note note, reply_to<policy_record> done) {
  auto entity = x.id.value;
  auto document = note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, entity, unit_of(create_policy, std::move(x), std::move(document), std::move(done)), note.dry);
}

void policy_repository::update(policy_record x, write_note note, reply_to<policy_record> done) {
  auto entity = x.id.value;
  auto document = note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, entity, unit_of(update_policy, std::move(x), std::move(document), std::move(done)), note.dry);
}

void policy_repository::remove(org_id org, policy_id id, write_note note, reply_to<void> done) {
  params p;
  p << id << org << note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, id.value, one_command<void>({&remove_policy, std::move(p)}, std::move(done), judge_remove), note.dry);
}

void policy_repository::load(policy_id id, reply_to<policy_record> done) {
  using answer = sql_result<result<policy_record>>;
  auto read = [id](connection& db) -> answer {
    auto found = db.run(load_policy, params{} << id);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<policy_record>{fail(no_such(noun))};
    row_reader in{*found, 0};
    return policy_from_row(in);
  };
  deps_.writers->after_writes(id.value, [=, reads = deps_.reads](status s) {
    s ? reads->read<policy_record>(done, read) : done(fail(s.error()));
  });
}

void policy_repository::live(policy_id id, reply_to<std::vector<escalation>> done) {
  using answer = sql_result<result<std::vector<escalation>>>;
  deps_.reads->read<std::vector<escalation>>(std::move(done), [id](connection& db) -> answer {
    auto found = db.run(live_escalations, params{} << id);
    if (!found)
      return sql_fail(found.error());
    return all_or_first_error(map_rows(*found, escalation_from_row));
  });
}

const std::string& policy_columns() {
  static const std::string text = " p.id, p.org_id, p.version, p.created_at, p.updated_at, p.spec ";
  return text;
}

result<policy_record> policy_from_row(row_reader& in) {
  policy_record x;
  std::string plain;
  in >> x.id >> x.org >> x.version >> x.created_at >> x.updated_at >> plain;
  auto spec = core::escalation_policy_spec_of(plain, {});
  if (!spec)
    return fail(errc::internal,
                "The stored escalation policy " + x.id.str() + " does not read: " + spec.error().detail);
  x.spec = std::move(*spec);
  return x;
}

} // namespace gochron::storage
