#include "storage/channel/channel_repository.hpp"

#include "storage/audit/note_rows.hpp"
#include "storage/channel/channel_rows.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

const statement create_channel{"create_channel", R"(
WITH gate AS (
INSERT INTO channels (id, org_id, version, created_at, updated_at, name, enabled, spec, sealed, secret_sealed,
                      previous_secret_sealed, secret_version, secret_created_at, previous_expires_at, health_state,
                      consecutive_failures, failing_since, last_success_at, disabled_reason, key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT DO NOTHING
RETURNING id))" + note_ctes("$21::jsonb") + "SELECT id FROM gate"};

const statement update_channel{"update_channel", R"(
WITH gate AS (
  UPDATE channels SET version = $3::bigint, updated_at = $4, name = $5, enabled = $6::boolean, spec = $7, sealed = $8,
    secret_sealed = $9, previous_secret_sealed = $10, secret_version = $11, secret_created_at = $12,
    previous_expires_at = $13, health_state = $14, consecutive_failures = $15, failing_since = $16,
    last_success_at = $17, disabled_reason = $18, key = $19
  WHERE id = $1 AND org_id = $2 AND version = $3::bigint - 1
    AND NOT EXISTS (SELECT FROM channels o WHERE o.org_id = $2 AND o.key = $19 AND o.id <> $1)
  RETURNING id),
canceled AS (
  UPDATE deliveries d SET state = 'canceled', next_attempt_at = NULL, finished_at = $4
  FROM gate
  WHERE d.channel_id = gate.id AND d.state = 'pending' AND (NOT $6::boolean OR $14::text = 'disabled')))" +
                                                     note_ctes("$20::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM channels WHERE id = $1 AND org_id = $2))"};

const statement remove_channel{"remove_channel", R"(
WITH gate AS (
  DELETE FROM channels WHERE id = $1 AND org_id = $2
    AND NOT EXISTS (SELECT FROM alert_rule_channels r WHERE r.channel_id = $1)
    AND NOT EXISTS (SELECT FROM escalation_policy_channels r WHERE r.channel_id = $1)
  RETURNING id),
canceled AS (
  UPDATE deliveries d SET state = 'canceled', next_attempt_at = NULL, finished_at = $3
  FROM gate
  WHERE d.channel_id = gate.id AND d.state = 'pending'))" +
                                                     note_ctes("$4::jsonb") + R"(
SELECT (SELECT count(*) FROM gate), ARRAY(
  SELECT rule_id FROM alert_rule_channels WHERE channel_id = $1 AND org_id = $2 ORDER BY rule_id), ARRAY(
  SELECT policy_id FROM escalation_policy_channels WHERE channel_id = $1 AND org_id = $2 ORDER BY policy_id))"};

const statement load_channel{"load_channel", "SELECT" + channel_columns() + "FROM channels c WHERE c.id = $1"};

constexpr std::string_view noun = "channel";

result<void> judge_remove(const rows& answer) {
  std::int64_t deleted = 0;
  std::vector<rule_id> rules;
  std::vector<policy_id> policies;
  row_reader{answer, 0} >> deleted >> rules >> policies;
  if (deleted == 1)
    return {};
  if (rules.empty() && policies.empty())
    return fail(no_such(noun));
  error blocked{errc::conflict, "Alert rules or escalation policies name this channel.", {}, {}, {}};
  for (const auto& id : policies)
    blocked.blocked_by.push_back(id.str());
  for (const auto& id : rules)
    blocked.blocked_by.push_back(id.str());
  return fail(std::move(blocked));
}

} // namespace

void channel_repository::create(channel_record x, write_note note, reply_to<channel_record> done) {
  params p;
  p << x.id << x.org << x.version << x.created_at << x.updated_at;
  append_spec(p, x, *deps_.sealer);
  append_health(p, x.health);
  p << x.spec.key;
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& made) -> result<channel_record> {
    if (made.empty())
      return fail(key_taken(noun));
    return x;
  };
  submit(deps_, entity, one_command<channel_record>({&create_channel, std::move(p)}, std::move(done), judge), note.dry);
}

void channel_repository::update(channel_record x, write_note note, reply_to<channel_record> done) {
  params p;
  p << x.id << x.org << x.version << x.updated_at;
  append_spec(p, x, *deps_.sealer);
  append_health(p, x.health);
  p << x.spec.key;
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) {
    std::int64_t changed = 0;
    std::optional<std::int64_t> present;
    row_reader{answer, 0} >> changed >> present;
    return judge_edit(changed == 1, present, x.version, noun).map([&] { return x; });
  };
  submit(deps_, entity, one_command<channel_record>({&update_channel, std::move(p)}, std::move(done), judge), note.dry);
}

void channel_repository::remove(org_id org, channel_id id, write_note note, reply_to<void> done) {
  params p;
  p << id << org << deps_.clock->now() << note_document(note, *deps_.sealer, deps_.clock->now());
  auto removed = [](const rows& answer) { return judge_remove(answer); };
  submit(deps_, id.value, one_command<void>({&remove_channel, std::move(p)}, std::move(done), removed), note.dry);
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
