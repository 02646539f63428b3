#include "core/documents.hpp"
#include "storage/audit/note_rows.hpp"
#include "storage/people/people_repository.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

// Members that the organisation has not. $1 team, $2 org, $3 members.
const std::string missing_cte = R"(
WITH missing AS (
  SELECT u.n - 1 AS place FROM unnest($3::uuid[]) WITH ORDINALITY u (id, n)
  WHERE NOT EXISTS (SELECT FROM users x WHERE x.id = u.id AND x.org_id = $2)),
)";

const std::string member_ctes = R"(,
members AS (
  INSERT INTO team_users (team_id, user_id, org_id)
  SELECT DISTINCT gate.id, u.id, $2 FROM gate, unnest($3::uuid[]) u (id) ON CONFLICT DO NOTHING)
)";

const statement create_team{"create_team", missing_cte + R"(
gate AS (
  INSERT INTO teams (id, org_id, version, name, key, spec, created_at, updated_at)
  SELECT $1, $2, $4::bigint, $5::text, $6::text, $7::jsonb, $8::timestamptz, $9::timestamptz
  WHERE NOT EXISTS (SELECT FROM missing)
  ON CONFLICT DO NOTHING
  RETURNING id))" + member_ctes + note_ctes("$10::jsonb") +
                                               R"(
SELECT (SELECT count(*) FROM gate), NULL::bigint, NULL::bigint
UNION ALL SELECT NULL, NULL, place FROM missing)"};

const statement update_team{"update_team", missing_cte + R"(
gate AS (
  UPDATE teams SET version = $4::bigint, name = $5, key = $6, spec = $7, created_at = $8, updated_at = $9
  WHERE id = $1 AND org_id = $2 AND version = $4::bigint - 1 AND NOT EXISTS (SELECT FROM missing)
    AND NOT EXISTS (SELECT FROM teams o WHERE o.org_id = $2 AND o.key = $6 AND o.id <> $1)
  RETURNING id),
no_more AS (
  DELETE FROM team_users m USING gate WHERE m.team_id = gate.id AND m.user_id <> ALL($3::uuid[])))" +
                                               member_ctes + note_ctes("$10::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM teams WHERE id = $1 AND org_id = $2), NULL::bigint
UNION ALL SELECT NULL, NULL, place FROM missing)"};

const statement remove_team{"remove_team", R"(
WITH gate AS (
  DELETE FROM teams WHERE id = $1 AND org_id = $2 AND ($4::bigint IS NULL OR version = $4::bigint)
    AND NOT EXISTS (SELECT FROM escalation_policy_teams r WHERE r.team_id = $1)
  RETURNING id))" + note_ctes("$3::jsonb") + R"(
SELECT (SELECT count(*) FROM gate),
  ARRAY(SELECT r.policy_id FROM escalation_policy_teams r WHERE r.team_id = $1 AND r.org_id = $2 ORDER BY r.policy_id))"};

constexpr std::string_view noun = "team";

result<team_record> judge(const rows& answer, const team_record& x) {
  std::int64_t changed = 0;
  std::optional<std::int64_t> version;
  row_reader{answer, 0} >> changed >> version;
  if (changed == 1)
    return x;
  if (x.version > 1 && !version)
    return fail(no_such(noun));
  if (x.version > 1 && *version != x.version - 1)
    return fail(errc::stale, "The team was changed meanwhile.");
  error refused{errc::invalid, "The team names who is not there.", {}, {}, {}};
  for (int i = 1; i < answer.size(); ++i) {
    std::int64_t place = 0;
    row_reader{answer, i}.skip().skip() >> place;
    refused.violations.push_back({"/members/" + std::to_string(place) + "/user_id", "unknown_id", "No such user."});
  }
  return refused.violations.empty() ? fail(key_taken(noun)) : fail(std::move(refused));
}

result<void> judge_remove(const rows& answer, const std::optional<std::int64_t>& if_version) {
  std::int64_t gone = 0;
  std::vector<policy_id> policies;
  row_reader{answer, 0} >> gone >> policies;
  if (gone == 1)
    return {};
  if (policies.empty())
    return fail(not_there(noun, if_version));
  error blocked{errc::conflict, "Escalation policies name this team.", {}, {}, {}};
  for (const auto& id : policies)
    blocked.blocked_by.push_back(id.str());
  return fail(std::move(blocked));
}

write_unit unit_of(const statement& what, team_record x, const std::string& note, reply_to<team_record> done) {
  std::vector<user_id> members;
  for (const auto& m : x.spec.members)
    members.push_back(m.user);
  params p;
  p << x.id << x.org << members << x.version << x.spec.name << x.spec.key << core::to_document(x.spec).plain;
  p << x.created_at << x.updated_at << note;
  return one_command<team_record>({&what, std::move(p)}, std::move(done),
                                  [x = std::move(x)](const rows& answer) { return judge(answer, x); });
}

} // namespace

void people_repository::create(team_record x, write_note note, reply_to<team_record> done) {
  auto entity = x.id.value;
  auto document = note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, entity, unit_of(create_team, std::move(x), document, std::move(done)), note.dry);
}

void people_repository::update(team_record x, write_note note, reply_to<team_record> done) {
  auto entity = x.id.value;
  auto document = note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, entity, unit_of(update_team, std::move(x), document, std::move(done)), note.dry);
}

void people_repository::remove(org_id org, team_id id, std::optional<std::int64_t> if_version, write_note note,
                               reply_to<void> done) {
  params p;
  p << id << org << note_document(note, *deps_.sealer, deps_.clock->now()) << if_version;
  auto judge_gone = [if_version](const rows& answer) { return judge_remove(answer, if_version); };
  submit(deps_, id.value, one_command<void>({&remove_team, std::move(p)}, std::move(done), judge_gone), note.dry);
}

const std::string& team_columns() {
  static const std::string text = " t.id, t.org_id, t.version, t.created_at, t.updated_at, t.spec ";
  return text;
}

result<team_record> team_from_row(row_reader& in) {
  team_record x;
  std::string plain;
  in >> x.id >> x.org >> x.version >> x.created_at >> x.updated_at >> plain;
  auto spec = core::team_spec_of(plain, {});
  if (!spec)
    return fail(errc::internal, "The stored team " + x.id.str() + " does not read: " + spec.error().detail);
  x.spec = std::move(*spec);
  return x;
}

} // namespace gochron::storage
