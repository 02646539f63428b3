#include "storage/rule/rule_repository.hpp"

#include "core/documents.hpp"
#include "storage/audit/note_rows.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

// What a rule names but its organisation has not: the list and the place in it. $1 rule, $2 org, $3 channels,
// $4 monitors, $5 escalation policy.
const std::string missing_cte = R"(
WITH missing AS (
  SELECT 'channel_ids' AS list, u.n - 1 AS place FROM unnest($3::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM channels c WHERE c.id = u.id AND c.org_id = $2 AND c.user_id IS NULL)
  UNION ALL
  SELECT 'monitor_ids', u.n - 1 FROM unnest($4::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM monitors m WHERE m.id = u.id AND m.org_id = $2)
  UNION ALL
  SELECT 'escalation_policy_id', NULL
  WHERE $5::uuid IS NOT NULL
    AND NOT EXISTS (SELECT FROM escalation_policies p WHERE p.id = $5::uuid AND p.org_id = $2)),
)";

const std::string reference_ctes = R"(,
channel_references AS (
  INSERT INTO alert_rule_channels (rule_id, channel_id, org_id)
  SELECT gate.id, u.id, $2 FROM gate, unnest($3::uuid[]) u (id) ON CONFLICT DO NOTHING),
monitor_references AS (
  INSERT INTO alert_rule_monitors (rule_id, monitor_id, org_id)
  SELECT gate.id, u.id, $2 FROM gate, unnest($4::uuid[]) u (id) ON CONFLICT DO NOTHING)
)";

const std::string verdict = R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM alert_rules WHERE id = $1 AND org_id = $2), '', 0::bigint
UNION ALL SELECT NULL, NULL, list, place FROM missing)";

const statement create_rule{"create_rule", missing_cte + R"(
gate AS (
  INSERT INTO alert_rules (id, org_id, version, name, enabled, spec, created_at, updated_at, key,
                           escalation_policy_id)
  SELECT $1, $2, $6::bigint, $7::text, $8::boolean, $9::jsonb, $10::timestamptz, $11::timestamptz, $12::text, $5::uuid
  WHERE NOT EXISTS (SELECT FROM missing)
  ON CONFLICT DO NOTHING
  RETURNING id))" + reference_ctes + note_ctes("$13::jsonb") +
                                               verdict};

const statement update_rule{"update_rule", missing_cte + R"(
gate AS (
  UPDATE alert_rules SET version = $6::bigint, name = $7, enabled = $8, spec = $9, created_at = $10, updated_at = $11,
                         key = $12, escalation_policy_id = $5::uuid
  WHERE id = $1 AND org_id = $2 AND version = $6::bigint - 1 AND NOT EXISTS (SELECT FROM missing)
    AND NOT EXISTS (SELECT FROM alert_rules o WHERE o.org_id = $2 AND o.key = $12 AND o.id <> $1)
  RETURNING id),
no_more_channels AS (
  DELETE FROM alert_rule_channels r USING gate WHERE r.rule_id = gate.id AND r.channel_id <> ALL($3::uuid[])),
no_more_monitors AS (
  DELETE FROM alert_rule_monitors r USING gate WHERE r.rule_id = gate.id AND r.monitor_id <> ALL($4::uuid[])))" +
                                               reference_ctes + note_ctes("$13::jsonb") + verdict};

const statement remove_rule{"remove_rule", R"(
WITH gate AS (
  DELETE FROM alert_rules WHERE id = $1 AND org_id = $2 AND ($4::bigint IS NULL OR version = $4::bigint) RETURNING id))" +
                                               note_ctes("$3::jsonb") + R"(
SELECT id FROM gate)"};

constexpr std::string_view noun = "alert rule";

result<alert_rule_record> judge(const rows& answer, const alert_rule_record& x) {
  std::int64_t changed = 0;
  std::optional<std::int64_t> version;
  row_reader{answer, 0} >> changed >> version;
  if (changed == 1)
    return x;
  if (x.version > 1 && !version)
    return fail(no_such(noun));
  if (x.version > 1 && *version != x.version - 1)
    return fail(errc::stale, "The alert rule was changed meanwhile.");
  error refused{errc::invalid, "The alert rule names what is not there.", {}, {}, {}};
  for (int i = 1; i < answer.size(); ++i) {
    std::string list;
    std::optional<std::int64_t> place; // none where there is but one
    row_reader{answer, i}.skip().skip() >> list >> place;
    auto pointer = '/' + list + (place ? '/' + std::to_string(*place) : std::string{});
    refused.violations.push_back({std::move(pointer), "unknown_id", "No such id."});
  }
  if (refused.violations.empty())
    return fail(key_taken(noun));
  return fail(std::move(refused));
}

params params_of(const alert_rule_record& x) {
  params p;
  p << x.id << x.org << x.spec.channel_ids << x.spec.monitor_ids << x.spec.escalation_policy_id << x.version
    << x.spec.name << x.spec.enabled;
  p << core::to_document(x.spec).plain << x.created_at << x.updated_at << x.spec.key;
  return p;
}

write_unit unit_of(const statement& what, alert_rule_record x, std::string note, reply_to<alert_rule_record> done) {
  auto p = params_of(x);
  p << note;
  return one_command<alert_rule_record>({&what, std::move(p)}, std::move(done),
                                        [x = std::move(x)](const rows& answer) { return judge(answer, x); });
}

} // namespace

void rule_repository::create(alert_rule_record x, write_note note, reply_to<alert_rule_record> done) {
  auto entity = x.id.value;
  auto document = note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, entity, unit_of(create_rule, std::move(x), std::move(document), std::move(done)), note.dry);
}

void rule_repository::update(alert_rule_record x, write_note note, reply_to<alert_rule_record> done) {
  auto entity = x.id.value;
  auto document = note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, entity, unit_of(update_rule, std::move(x), std::move(document), std::move(done)), note.dry);
}

void rule_repository::remove(org_id org, rule_id id, std::optional<std::int64_t> if_version, write_note note,
                             reply_to<void> done) {
  auto removed = [if_version](const rows& answer) {
    return answer.empty() ? result<void>{fail(not_there(noun, if_version))} : result<void>{};
  };
  params p;
  p << id << org << note_document(note, *deps_.sealer, deps_.clock->now()) << if_version;
  submit(deps_, id.value, one_command<void>({&remove_rule, std::move(p)}, std::move(done), removed), note.dry);
}

const std::string& rule_columns() {
  static const std::string text = " r.id, r.org_id, r.version, r.created_at, r.updated_at, r.spec ";
  return text;
}

result<alert_rule_record> rule_from_row(row_reader& in) {
  alert_rule_record x;
  std::string plain;
  in >> x.id >> x.org >> x.version >> x.created_at >> x.updated_at >> plain;
  auto spec = core::alert_rule_spec_of(plain, {});
  if (!spec)
    return fail(errc::internal, "The stored alert rule " + x.id.str() + " does not read: " + spec.error().detail);
  x.spec = std::move(*spec);
  return x;
}

} // namespace gochron::storage
