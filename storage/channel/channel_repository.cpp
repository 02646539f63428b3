#include "storage/channel/channel_repository.hpp"

#include "storage/audit/note_rows.hpp"
#include "storage/channel/channel_rows.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

// $21 the user of a contact method.
const statement create_channel{"create_channel", R"(
WITH missing AS (
  SELECT WHERE $21::uuid IS NOT NULL AND NOT EXISTS (SELECT FROM users u WHERE u.id = $21::uuid AND u.org_id = $2)),
full_up AS (
  SELECT FROM channels c WHERE $21::uuid IS NOT NULL AND c.user_id = $21::uuid HAVING count(*) >= $28::bigint),
gate AS (
INSERT INTO channels (id, org_id, version, created_at, updated_at, name, enabled, spec, sealed, secret_sealed,
                      previous_secret_sealed, secret_version, secret_created_at, previous_expires_at, health_state,
                      consecutive_failures, failing_since, last_success_at, disabled_reason, key, user_id, verified_at,
                      code_digest, code_expires_at, code_tries, codes_sent)
SELECT $1, $2, $3::bigint, $4::timestamptz, $5::timestamptz, $6::text, $7::boolean, $8::jsonb, $9::bytea, $10::bytea,
  $11::bytea, $12::integer, $13::timestamptz, $14::timestamptz, $15::text, $16::bigint, $17::timestamptz,
  $18::timestamptz, $19::text, $20::text, $21::uuid, $22::timestamptz, $23::text, $24::timestamptz, $25::integer,
  $26::bigint[]
WHERE NOT EXISTS (SELECT FROM missing) AND NOT EXISTS (SELECT FROM full_up)
ON CONFLICT DO NOTHING
RETURNING id))" + note_ctes("$27::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM missing), EXISTS (SELECT FROM full_up))"};

// What was pending while it was disabled was decided before, and written a moment later: nobody wants it by now.
const statement update_channel{"update_channel", R"(
WITH before AS (
  SELECT c.enabled AND c.health_state <> 'disabled' AS served FROM channels c WHERE c.id = $1 AND c.org_id = $2),
gate AS (
  UPDATE channels SET version = $3::bigint, updated_at = $4, name = $5, enabled = $6::boolean, spec = $7, sealed = $8,
    secret_sealed = $9, previous_secret_sealed = $10, secret_version = $11, secret_created_at = $12,
    previous_expires_at = $13, health_state = $14, consecutive_failures = $15, failing_since = $16,
    last_success_at = $17, disabled_reason = $18, key = $19, verified_at = $20::timestamptz, code_digest = $21,
    code_expires_at = $22, code_tries = $23::integer, codes_sent = $24::bigint[]
  WHERE id = $1 AND org_id = $2 AND version = $3::bigint - 1
    AND NOT EXISTS (SELECT FROM channels o WHERE o.org_id = $2 AND o.key = $19 AND o.id <> $1
                    AND (o.user_id IS NULL) = (channels.user_id IS NULL))
  RETURNING id, user_id),
canceled AS (
  UPDATE deliveries d SET state = 'canceled', next_attempt_at = NULL, finished_at = $4
  FROM gate
  WHERE d.channel_id = gate.id AND d.state = 'pending' AND (
    NOT $6::boolean OR $14::text = 'disabled' OR NOT (SELECT served FROM before) OR (gate.user_id IS NOT NULL AND $20::timestamptz IS NULL))))" +
                                                     note_ctes("$25::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM channels WHERE id = $1 AND org_id = $2))"};

const statement remove_channel{"remove_channel", R"(
WITH gate AS (
  DELETE FROM channels WHERE id = $1 AND org_id = $2
    AND NOT EXISTS (SELECT FROM alert_rule_channels r WHERE r.channel_id = $1)
    AND NOT EXISTS (SELECT FROM escalation_policy_channels r WHERE r.channel_id = $1)
    AND NOT EXISTS (SELECT FROM schedule_channels r WHERE r.channel_id = $1)
    AND NOT EXISTS (SELECT FROM notification_rules r WHERE r.channel_id = $1)
  RETURNING id),
canceled AS (
  UPDATE deliveries d SET state = 'canceled', next_attempt_at = NULL, finished_at = $3
  FROM gate
  WHERE d.channel_id = gate.id AND d.state = 'pending'))" +
                                                     note_ctes("$4::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), ARRAY(
  SELECT rule_id FROM alert_rule_channels WHERE channel_id = $1 AND org_id = $2 ORDER BY rule_id), ARRAY(
  SELECT policy_id FROM escalation_policy_channels WHERE channel_id = $1 AND org_id = $2 ORDER BY policy_id), ARRAY(
  SELECT id FROM notification_rules WHERE channel_id = $1 AND org_id = $2 ORDER BY id), ARRAY(
  SELECT schedule_id FROM schedule_channels WHERE channel_id = $1 AND org_id = $2 ORDER BY schedule_id))"};

const statement prove_contact_method{"prove_contact_method", R"(
WITH gate AS (
  UPDATE channels SET verified_at = $3::timestamptz, code_digest = $4, code_expires_at = $5, code_tries = $6::integer,
    codes_sent = $7::bigint[]
  WHERE id = $1 AND org_id = $2 AND user_id IS NOT NULL RETURNING id))" +
                                                                 note_ctes("$8::jsonb") + "SELECT id FROM gate"};

const statement load_channel{"load_channel", "SELECT" + channel_columns() + "FROM channels c WHERE c.id = $1"};

constexpr std::string_view noun = "channel";

std::string_view noun_of(const channel_record& x) {
  return x.is_personal() ? "contact method" : noun;
}

result<void> judge_remove(const rows& answer) {
  std::int64_t deleted = 0;
  std::vector<rule_id> rules;
  std::vector<policy_id> policies;
  std::vector<notification_rule_id> notification_rules;
  std::vector<schedule_id> schedules;
  row_reader{answer, 0} >> deleted >> rules >> policies >> notification_rules >> schedules;
  if (deleted == 1)
    return {};
  if (rules.empty() && policies.empty() && notification_rules.empty() && schedules.empty())
    return fail(no_such(noun));
  error blocked{errc::conflict, "Alert rules, escalation policies or schedules name this channel.", {}, {}, {}};
  if (!notification_rules.empty())
    blocked.detail = "Notification rules name this contact method.";
  for (const auto& id : notification_rules)
    blocked.blocked_by.push_back(id.str());
  for (const auto& id : schedules)
    blocked.blocked_by.push_back(id.str());
  for (const auto& id : policies)
    blocked.blocked_by.push_back(id.str());
  for (const auto& id : rules)
    blocked.blocked_by.push_back(id.str());
  return fail(std::move(blocked));
}

void append_proof(params& to, const contact_proof& x) {
  std::vector<std::int64_t> sent;
  for (auto at : x.sent)
    sent.push_back(at.time_since_epoch().count());
  to << x.verified_at << x.code_digest << x.code_expires_at << x.tries << sent;
}

result<channel_record> judge_create(const rows& answer, const channel_record& x) {
  std::int64_t made = 0;
  bool missing = false, full = false;
  row_reader{answer, 0} >> made >> missing >> full;
  if (made == 1)
    return x;
  if (missing)
    return fail(error{errc::invalid,
                      "The contact method names who is not there.",
                      {{"/user_id", "unknown_id", "No such user."}},
                      {},
                      {}});
  if (full)
    return fail(errc::limit_exceeded,
                "A user has room for " + std::to_string(most_contact_methods) + " contact methods.");
  return fail(key_taken(noun_of(x)));
}

} // namespace

void channel_repository::create(channel_record x, write_note note, reply_to<channel_record> done) {
  params p;
  p << x.id << x.org << x.version << x.created_at << x.updated_at;
  append_spec(p, x, *deps_.sealer);
  append_health(p, x.health);
  p << x.spec.key << x.spec.user;
  append_proof(p, x.proof);
  p << note_document(note, *deps_.sealer, deps_.clock->now()) << most_contact_methods;
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_create(answer, x); };
  submit(deps_, entity, one_command<channel_record>({&create_channel, std::move(p)}, std::move(done), judge), note.dry);
}

void channel_repository::update(channel_record x, write_note note, reply_to<channel_record> done) {
  params p;
  p << x.id << x.org << x.version << x.updated_at;
  append_spec(p, x, *deps_.sealer);
  append_health(p, x.health);
  p << x.spec.key;
  append_proof(p, x.proof);
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) {
    std::int64_t changed = 0;
    std::optional<std::int64_t> present;
    row_reader{answer, 0} >> changed >> present;
    return judge_edit(changed == 1, present, x.version, noun_of(x)).map([&] { return x; });
  };
  submit(deps_, entity, one_command<channel_record>({&update_channel, std::move(p)}, std::move(done), judge), note.dry);
}

void channel_repository::remove(org_id org, channel_id id, write_note note, reply_to<void> done) {
  params p;
  p << id << org << deps_.clock->now() << note_document(note, *deps_.sealer, deps_.clock->now());
  auto removed = [](const rows& answer) { return judge_remove(answer); };
  submit(deps_, id.value, one_command<void>({&remove_channel, std::move(p)}, std::move(done), removed), note.dry);
}

void channel_repository::prove(channel_record x, write_note note, reply_to<void> done) {
  params p;
  p << x.id << x.org;
  append_proof(p, x.proof);
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto judge = [](const rows& answer) -> result<void> {
    if (answer.empty())
      return fail(no_such("contact method"));
    return {};
  };
  submit(deps_, x.id.value, one_command<void>({&prove_contact_method, std::move(p)}, std::move(done), judge), note.dry);
}

// Behind the outcomes that its earlier life has left in the queue, which would be sent and written again.
void channel_repository::load(channel_id id, reply_to<channel_record> done) {
  using answer = sql_result<result<channel_record>>;
  auto read = [id, sealer = deps_.sealer](connection& db) -> answer {
    auto found = db.run(load_channel, params{} << id);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<channel_record>{fail(no_such(noun))};
    row_reader in{*found, 0};
    return channel_from_row(in, *sealer);
  };
  deps_.writers->after_writes(id.value, [=, reads = deps_.reads](status s) {
    s ? reads->read<channel_record>(done, read) : done(fail(s.error()));
  });
}

} // namespace gochron::storage
