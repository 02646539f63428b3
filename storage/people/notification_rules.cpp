#include "storage/audit/note_rows.hpp"
#include "storage/people/people_repository.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

using rule_record = notification_rule_record;

// $1 rule, $2 org, $3 version, $4 key, $5 user, $6 urgency, $7 contact method, $8 delay, $9 managed by, $10 created,
// $11 updated, $12 note, $13 how many a user may have. A contact method that is somebody else's is not there.
const std::string judgement_ctes = R"(
WITH missing AS (
  SELECT '/user_id' AS place WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = $5 AND u.org_id = $2)
  UNION ALL
  SELECT '/contact_method_id'
  WHERE NOT EXISTS (SELECT FROM channels c WHERE c.id = $7 AND c.org_id = $2 AND c.user_id = $5)),
twin AS (
  SELECT r.id FROM notification_rules r
  WHERE r.user_id = $5 AND r.urgency = $6 AND r.channel_id = $7 AND r.delay_seconds = $8::bigint AND r.id <> $1),
full_up AS (
  SELECT FROM notification_rules r WHERE r.user_id = $5 AND r.id <> $1 HAVING count(*) >= $13::bigint),
)";

const std::string verdict = R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM notification_rules WHERE id = $1 AND org_id = $2),
  EXISTS (SELECT FROM twin), EXISTS (SELECT FROM full_up), ''
UNION ALL SELECT NULL, NULL, NULL, NULL, place FROM missing)";

const statement create_notification_rule{"create_notification_rule", judgement_ctes + R"(
gate AS (
  INSERT INTO notification_rules (id, org_id, version, key, user_id, urgency, channel_id, delay_seconds, managed_by,
                                  created_at, updated_at)
  SELECT $1, $2, $3::bigint, $4::text, $5, $6::text, $7, $8::bigint, $9::text, $10::timestamptz, $11::timestamptz
  WHERE NOT EXISTS (SELECT FROM missing) AND NOT EXISTS (SELECT FROM full_up)
  ON CONFLICT DO NOTHING
  RETURNING id))" + note_ctes("$12::jsonb") + verdict};

const statement update_notification_rule{"update_notification_rule", judgement_ctes + R"(
gate AS (
  UPDATE notification_rules SET version = $3::bigint, key = $4, user_id = $5, urgency = $6, channel_id = $7,
    delay_seconds = $8::bigint, managed_by = $9, created_at = $10, updated_at = $11
  WHERE id = $1 AND org_id = $2 AND version = $3::bigint - 1 AND NOT EXISTS (SELECT FROM missing)
    AND NOT EXISTS (SELECT FROM twin) AND NOT EXISTS (SELECT FROM full_up)
    AND NOT EXISTS (SELECT FROM notification_rules o WHERE o.org_id = $2 AND o.key = $4 AND o.id <> $1)
  RETURNING id))" + note_ctes("$12::jsonb") + verdict};

const statement remove_notification_rule{"remove_notification_rule", R"(
WITH gate AS (DELETE FROM notification_rules WHERE id = $1 AND org_id = $2
  AND ($4::bigint IS NULL OR version = $4::bigint) RETURNING id))" + note_ctes("$3::jsonb") +
                                                                         R"(
SELECT id FROM gate)"};

constexpr std::string_view noun = "notification rule";

result<rule_record> judge(const rows& answer, const rule_record& x) {
  std::int64_t changed = 0;
  std::optional<std::int64_t> version;
  bool twin = false, full = false;
  row_reader{answer, 0} >> changed >> version >> twin >> full;
  if (changed == 1)
    return x;
  if (x.version > 1 && !version)
    return fail(no_such(noun));
  if (x.version > 1 && *version != x.version - 1)
    return fail(errc::stale, "The notification rule was changed meanwhile.");
  error refused{errc::invalid, "The notification rule names what is not there.", {}, {}, {}};
  for (int i = 1; i < answer.size(); ++i) {
    std::string place;
    row_reader{answer, i}.skip().skip().skip().skip() >> place;
    refused.violations.push_back(
        {place, "unknown_id", place == "/user_id" ? "No such user." : "This user has no such contact method."});
  }
  if (!refused.violations.empty())
    return fail(std::move(refused));
  if (full)
    return fail(errc::limit_exceeded,
                "A user has room for " + std::to_string(most_notification_rules) + " notification rules.");
  if (twin)
    return fail(errc::conflict, "There is such a rule: the same user, urgency, contact method and delay.");
  return fail(key_taken(noun));
}

write_unit unit_of(const statement& what, rule_record x, const std::string& note, reply_to<rule_record> done) {
  params p;
  p << x.id << x.org << x.version << x.spec.key << x.spec.user << x.spec.urgency << x.spec.contact_method;
  p << x.spec.delay.count() << x.spec.managed_by << x.created_at << x.updated_at << note << most_notification_rules;
  return one_command<rule_record>({&what, std::move(p)}, std::move(done),
                                  [x = std::move(x)](const rows& answer) { return judge(answer, x); });
}

} // namespace

void people_repository::create(rule_record x, write_note note, reply_to<rule_record> done) {
  auto entity = x.spec.user.value; // one after the other, so that their number holds
  auto document = note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, entity, unit_of(create_notification_rule, std::move(x), document, std::move(done)), note.dry);
}

void people_repository::update(rule_record x, write_note note, reply_to<rule_record> done) {
  auto entity = x.spec.user.value;
  auto document = note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, entity, unit_of(update_notification_rule, std::move(x), document, std::move(done)), note.dry);
}

void people_repository::remove(org_id org, notification_rule_id id, std::optional<std::int64_t> if_version,
                               write_note note, reply_to<void> done) {
  params p;
  p << id << org << note_document(note, *deps_.sealer, deps_.clock->now()) << if_version;
  auto judge_gone = [if_version](const rows& answer) -> result<void> {
    if (answer.empty())
      return fail(not_there(noun, if_version));
    return {};
  };
  submit(deps_, id.value, one_command<void>({&remove_notification_rule, std::move(p)}, std::move(done), judge_gone),
         note.dry);
}

const std::string& notification_rule_columns() {
  static const std::string text = " n.id, n.org_id, n.version, n.key, n.user_id, n.urgency, n.channel_id, "
                                  "n.delay_seconds, n.managed_by, n.created_at, n.updated_at ";
  return text;
}

rule_record notification_rule_from_row(row_reader& in) {
  rule_record x;
  std::int64_t delay = 0;
  in >> x.id >> x.org >> x.version >> x.spec.key >> x.spec.user >> x.spec.urgency >> x.spec.contact_method >> delay >>
      x.spec.managed_by >> x.created_at >> x.updated_at;
  x.spec.delay = seconds{delay};
  return x;
}

} // namespace gochron::storage
