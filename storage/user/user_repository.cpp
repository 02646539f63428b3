#include "storage/user/user_repository.hpp"

#include "storage/audit/note_rows.hpp"
#include "storage/calendar_feed.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

// Whether somebody else is an owner. The writes of one organisation's users are submitted under its id, so that none
// overlaps another: two last owners cannot remove each other.
const std::string another_owner =
    "EXISTS (SELECT FROM users o WHERE o.org_id = $2 AND o.role = 'owner' AND o.id <> $1)";

const statement create_user{"create_user", R"(
WITH gate AS (
  INSERT INTO users (id, org_id, version, email, name, role, managed_by, created_at, updated_at)
  VALUES ($1, $2, $3::bigint, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING id))" +
                                               note_ctes("$10::jsonb") + "SELECT id FROM gate"};

const statement update_user{"update_user", R"(
WITH taken AS (SELECT FROM users e WHERE e.org_id = $2 AND lower(e.email) = lower($4) AND e.id <> $1),
gate AS (
  UPDATE users SET version = $3::bigint, email = $4, name = $5, role = $6, managed_by = $7, created_at = $8,
    updated_at = $9
  WHERE id = $1 AND org_id = $2 AND version = $3::bigint - 1 AND NOT EXISTS (SELECT FROM taken)
    AND (role <> 'owner' OR $6 = 'owner' OR )" +
                                               another_owner + R"()
  RETURNING id))" + note_ctes("$10::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM users WHERE id = $1 AND org_id = $2),
  EXISTS (SELECT FROM taken))"};

// $4 and $5: the tokens that they are said to have, which are held as they are until all of it is done. In the way are
// schedules whose layers name them, or an override that is not over at $6, policies and teams. What is theirs alone
// goes with them: contact methods, with what is owed to these, and notification rules.
const statement remove_user{"remove_user", R"(
WITH said AS (SELECT * FROM unnest($4::uuid[], $5::bigint[]) x (id, version)),
held AS (SELECT t.id, t.version FROM api_tokens t WHERE t.user_id = $1 AND t.org_id = $2 ORDER BY t.id FOR UPDATE),
agreed AS (
  SELECT (SELECT count(*) FROM held) = (SELECT count(*) FROM said)
     AND NOT EXISTS (SELECT id, version FROM held EXCEPT SELECT id, version FROM said) AS yes),
blockers AS (
  SELECT schedule_id AS id FROM schedule_users WHERE user_id = $1 AND org_id = $2
  UNION SELECT schedule_id FROM schedule_overrides
  WHERE org_id = $2 AND end_at > $6::timestamptz AND ($1 = ANY(user_ids) OR $1 = ANY(replaced_user_ids))),
policies AS (SELECT policy_id AS id FROM escalation_policy_users WHERE user_id = $1 AND org_id = $2),
teams_with AS (SELECT team_id AS id FROM team_users WHERE user_id = $1 AND org_id = $2),
gate AS (
  SELECT id FROM users WHERE id = $1 AND org_id = $2 AND (SELECT yes FROM agreed)
    AND ($7::bigint IS NULL OR version = $7::bigint)
    AND NOT EXISTS (SELECT FROM blockers) AND NOT EXISTS (SELECT FROM policies)
    AND NOT EXISTS (SELECT FROM teams_with)
    AND (role <> 'owner' OR )" + another_owner +
                                               R"() FOR UPDATE),
revoked AS (DELETE FROM api_tokens t USING gate WHERE t.user_id = gate.id AND t.org_id = $2),
unruled AS (DELETE FROM notification_rules r USING gate WHERE r.user_id = gate.id AND r.org_id = $2),
unreached AS (
  DELETE FROM channels c USING gate WHERE c.user_id = gate.id AND c.org_id = $2 RETURNING c.id),
canceled AS (
  UPDATE deliveries d SET state = 'canceled', next_attempt_at = NULL, finished_at = $6::timestamptz
  FROM unreached x WHERE d.channel_id = x.id AND d.state = 'pending'),
gone AS (DELETE FROM users u USING gate WHERE u.id = gate.id RETURNING u.id))" +
                                               note_ctes("$3::jsonb") + R"(
SELECT (SELECT count(*) FROM gone), (SELECT version FROM users WHERE id = $1 AND org_id = $2),
  (SELECT yes FROM agreed), (SELECT coalesce(array_agg(id), '{}') FROM blockers),
  ARRAY(SELECT id FROM policies ORDER BY id), ARRAY(SELECT id FROM teams_with ORDER BY id))"};

const statement set_user_feed{"set_user_feed", feed_secret_sql("users")};

error no_such_user() {
  return {errc::not_found, "No such user.", {}, {}, {}};
}

error email_taken() {
  return {errc::conflict, "Another user of this organisation has this email.", {}, {}, {}};
}

error last_owner(const char* may_not_be) {
  return {errc::conflict,
          std::string{"The last owner cannot be "} + may_not_be + ": make somebody else one first.",
          {},
          {},
          {}};
}

// What is in the way of removing somebody.
struct uses {
  std::vector<schedule_id> schedules;
  std::vector<policy_id> policies;
  std::vector<team_id> teams;
};

std::optional<error> in_use(const uses& x) {
  error e{errc::conflict, "Schedules name them, in their layers or in overrides that are not over.", {}, {}, {}};
  auto add = [&e](const auto& ids) {
    for (const auto& id : ids)
      e.blocked_by.push_back(id.str());
  };
  add(x.schedules);
  add(x.policies);
  add(x.teams);
  if (e.blocked_by.size() > x.schedules.size())
    e.detail = "Schedules, escalation policies or teams name them.";
  return e.blocked_by.empty() ? std::nullopt : std::optional{std::move(e)};
}

params params_of(const user_record& x) {
  params p;
  p << x.id << x.org << x.version << x.spec.email << x.spec.name << x.spec.role << x.spec.managed_by << x.created_at
    << x.updated_at;
  return p;
}

} // namespace

void user_repository::create(user_record x, write_note note, reply_to<user_record> done) {
  auto p = params_of(x);
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.org.value;
  auto judge = [x = std::move(x)](const rows& made) -> result<user_record> {
    if (made.empty())
      return fail(email_taken());
    return x;
  };
  submit(deps_, entity, one_command<user_record>({&create_user, std::move(p)}, std::move(done), judge), note.dry);
}

void user_repository::update(user_record x, write_note note, reply_to<user_record> done) {
  auto p = params_of(x);
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.org.value;
  auto judge = [x = std::move(x)](const rows& answer) -> result<user_record> {
    std::int64_t changed = 0;
    std::optional<std::int64_t> version;
    bool taken = false;
    row_reader{answer, 0} >> changed >> version >> taken;
    if (changed == 1)
      return x;
    if (!version)
      return fail(no_such_user());
    if (*version != x.version - 1)
      return fail(errc::stale, "The user was changed meanwhile.");
    return fail(taken ? email_taken() : last_owner("demoted"));
  };
  submit(deps_, entity, one_command<user_record>({&update_user, std::move(p)}, std::move(done), judge), note.dry);
}

void user_repository::remove(org_id org, user_id id, std::optional<std::int64_t> if_version,
                             std::vector<token_record> tokens, write_note note, reply_to<void> done) {
  auto judge = [if_version](const rows& answer) -> result<void> {
    std::int64_t gone = 0;
    std::optional<std::int64_t> version;
    bool agreed = false;
    uses x;
    row_reader{answer, 0} >> gone >> version >> agreed >> x.schedules >> x.policies >> x.teams;
    if (gone == 1)
      return {};
    if (!version)
      return fail(no_such_user());
    if (if_version && *if_version != *version)
      return fail(not_there("user", if_version));
    if (auto e = in_use(x))
      return fail(std::move(*e));
    return agreed ? fail(last_owner("removed")) : fail(errc::stale, "The user's tokens were changed meanwhile.");
  };
  std::vector<token_id> ids;
  std::vector<std::int64_t> versions;
  for (const auto& x : tokens) {
    ids.push_back(x.id);
    versions.push_back(x.version);
  }
  params p;
  p << id << org << note_document(note, *deps_.sealer, deps_.clock->now()) << ids << versions << deps_.clock->now();
  p << if_version;
  submit(deps_, org.value, one_command<void>({&remove_user, std::move(p)}, std::move(done), judge), note.dry);
}

void user_repository::set_feed(org_id org, user_id id, std::optional<sha256_digest> digest, timestamp now,
                               write_note note, reply_to<void> done) {
  change_feed(deps_, {set_user_feed, id.value, org, org.value, digest, now}, std::move(note), std::move(done),
              no_such_user(), {errc::not_found, "No such user, or they have no calendar feed.", {}, {}, {}});
}

const std::string& user_columns() {
  static const std::string text =
      " u.id, u.org_id, u.version, u.email, u.name, u.role, u.managed_by, u.created_at, u.updated_at ";
  return text;
}

user_record user_from_row(row_reader& in) {
  user_record x;
  in >> x.id >> x.org >> x.version >> x.spec.email >> x.spec.name >> x.spec.role >> x.spec.managed_by >> x.created_at >>
      x.updated_at;
  return x;
}

} // namespace gochron::storage
