#include "storage/monitor/monitor_repository.hpp"

#include "core/documents.hpp"
#include "storage/audit/note_rows.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/json.hpp"
#include "storage/monitor/monitor_loading.hpp"
#include "storage/monitor/monitor_rows.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"
#include "storage/rule/rule_repository.hpp"

namespace gochron::storage {
namespace {

// The documents of monitors to write: `row`, its columns, and `step`, what happens with it.
const std::string documents_cte = R"(
WITH docs AS (
  SELECT t.n, t.d->'step' AS d, x.*
  FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY t (d, n),
    jsonb_populate_record(NULL::monitors, t.d->'row') x))";

// Who is in the gate is looked up in a hash, which a list of what to select has even where joins may not hash.
const statement create_monitors{"create_monitors",
                                documents_cte + R"(,
made AS (
  INSERT INTO monitors (id, org_id, version, created_at, updated_at, type, ping_token, key, name, tags, paused, spec,
                        sealed)
  SELECT id, org_id, version, created_at, updated_at, type, ping_token, key, name, tags, paused, spec, sealed
  FROM docs ORDER BY n
  ON CONFLICT DO NOTHING
  RETURNING id),
judged AS (
  SELECT n, id, org_id, created_at, d, id IN (SELECT id FROM made) AS good FROM docs),
gate AS (
  SELECT id, org_id, created_at, d FROM judged WHERE good),
state AS (
  INSERT INTO monitor_state (monitor_id, org_id, sequence, status, transition, failures, successes, status_since,
                             cause_code, cause_message, run_id, skipped_slots)
  SELECT id, org_id, 0, 'pending', 'none', 0, 0, created_at, 'none', '', '', 0 FROM gate))" +
                                    note_ctes("gate.d->'note'") + R"(
SELECT good FROM judged ORDER BY n)",
                                true};

const statement update_monitors{"update_monitors",
                                documents_cte + R"(,
gate AS (
  UPDATE monitors m SET version = x.version, updated_at = x.updated_at, key = x.key, name = x.name, tags = x.tags,
                        paused = x.paused, spec = x.spec, sealed = x.sealed
  FROM docs x
  WHERE m.id = x.id AND m.org_id = x.org_id AND m.version = x.version - 1
    AND NOT EXISTS (SELECT FROM monitors o WHERE o.org_id = x.org_id AND o.key = x.key AND o.id <> x.id)
  RETURNING m.id, x.d))" + runtime_cte() +
                                    record_ctes() + note_ctes("gate.d->'note'") + R"(
SELECT id IN (SELECT id FROM gate), (SELECT version FROM monitors m WHERE m.id = docs.id AND m.org_id = docs.org_id)
FROM docs ORDER BY n)",
                                true};

const statement remove_monitor{"remove_monitor", R"(
WITH gate AS (
  DELETE FROM monitors WHERE id = $2 AND org_id = $3
    AND NOT EXISTS (SELECT FROM alert_rule_monitors r WHERE r.monitor_id = $2)
    AND NOT EXISTS (SELECT FROM maintenance_window_monitors r WHERE r.monitor_id = $2)
  RETURNING id, org_id, $1::jsonb AS d),
state AS (
  DELETE FROM monitor_state s USING gate WHERE s.monitor_id = gate.id),
purge AS (
  INSERT INTO monitor_purges (monitor_id, org_id, removed_at) SELECT id, org_id, $4 FROM gate
  ON CONFLICT DO NOTHING))" + record_ctes() + note_ctes("$5::jsonb") +
                                                     R"(
SELECT (SELECT count(*) FROM gate), ARRAY(
  SELECT rule_id FROM alert_rule_monitors WHERE monitor_id = $2 AND org_id = $3 ORDER BY rule_id), ARRAY(
  SELECT window_id FROM maintenance_window_monitors WHERE monitor_id = $2 AND org_id = $3 ORDER BY window_id))"};

// $6: the rules that name the monitor, as they are to be. They are held as they are, whoever has edited them last,
// until all of it is done; when they are others than those meant nothing is.
const statement expire_monitor{"expire_monitor", R"(
WITH wanted AS (
  SELECT * FROM jsonb_to_recordset($6::jsonb) x (id uuid, version bigint, enabled boolean, spec jsonb)),
named AS (
  SELECT r.* FROM alert_rules r
  WHERE r.org_id = $3 AND r.id IN (SELECT m.rule_id FROM alert_rule_monitors m WHERE m.monitor_id = $2 AND m.org_id = $3)
  ORDER BY r.id FOR UPDATE),
agreed AS (
  SELECT (SELECT count(*) FROM named) = (SELECT count(*) FROM wanted)
     AND NOT EXISTS (SELECT id, version + 1 FROM named EXCEPT SELECT id, version FROM wanted) AS yes),
gate AS (
  DELETE FROM monitors WHERE id = $2 AND org_id = $3 AND (SELECT yes FROM agreed) RETURNING id, org_id, $1::jsonb AS d),
state AS (
  DELETE FROM monitor_state s USING gate WHERE s.monitor_id = gate.id),
purge AS (
  INSERT INTO monitor_purges (monitor_id, org_id, removed_at) SELECT id, org_id, $4 FROM gate
  ON CONFLICT DO NOTHING),
unnamed AS (
  DELETE FROM alert_rule_monitors r USING gate WHERE r.monitor_id = gate.id AND r.org_id = gate.org_id),
forgetful AS (
  UPDATE alert_rules r SET version = w.version, updated_at = $4, enabled = w.enabled, spec = w.spec
  FROM gate, wanted w WHERE r.id = w.id AND r.org_id = gate.org_id))" +
                                                     record_ctes() + note_ctes("$5::jsonb") +
                                                     R"(
SELECT (SELECT count(*) FROM gate) = 1, EXISTS (SELECT FROM monitors WHERE id = $2 AND org_id = $3),)"
                                                     R"( NULL, NULL, NULL, NULL, NULL, NULL
UNION ALL SELECT NULL, NULL,)" + rule_columns() + "FROM named r"};

const statement commit_transitions{"commit_transitions",
                                   R"(
WITH steps AS (
  SELECT t.n, t.d, m.id IS NOT NULL AS present
  FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY t (d, n)
  LEFT JOIN monitors m ON m.id = (t.d->>'monitor_id')::uuid AND m.org_id = (t.d->>'org_id')::uuid
  WHERE jsonb_typeof(t.d) = 'object'),
gate AS (
  SELECT d FROM steps WHERE present))" +
                                       runtime_cte() + record_ctes() + step_note_ctes() +
                                       R"(
SELECT present FROM steps ORDER BY n)",
                                   true};

constexpr std::string_view noun = "monitor";

result<monitor_record> judge_update(const rows& answer, const monitor_record& x) {
  bool changed = false;
  std::optional<std::int64_t> present;
  row_reader{answer, 0} >> changed >> present;
  return judge_edit(changed, present, x.version, noun).map([&] { return x; });
}

result<monitor_record> judge_create(const rows& answer, const monitor_record& x) {
  bool made = false;
  row_reader{answer, 0} >> made;
  return made ? result<monitor_record>{x} : fail(key_taken(noun));
}

// A row for the monitor itself, and one for each rule that names it.
result<expiry> judge_expiry(const rows& answer) {
  expiry x;
  bool there = false;
  row_reader{answer, 0} >> x.done >> there;
  if (!x.done && !there)
    return fail(no_such(noun));
  for (int i = 1; !x.done && i < answer.size(); ++i) {
    row_reader in{answer, i};
    auto rule = rule_from_row(in.skip().skip());
    if (!rule)
      return fail(rule.error());
    x.named_by.push_back(std::move(*rule));
  }
  return x;
}

// Beside the rules, maintenance windows may be in the way.
result<void> judge_monitor_removal(const rows& answer) {
  std::vector<window_id> windows;
  row_reader{answer, 0}.skip().skip() >> windows;
  auto judged = judge_removal(answer, noun);
  if (judged || windows.empty())
    return judged;
  error blocked{errc::conflict, "Maintenance windows name this monitor.", {}, {}, {}};
  if (judged.error().code == errc::conflict)
    blocked = std::move(judged.error());
  for (const auto& id : windows)
    blocked.blocked_by.push_back(id.str());
  return fail(std::move(blocked));
}

std::string rules_document(const std::vector<alert_rule_record>& rules) {
  json_writer to;
  to.begin_array();
  for (const auto& x : rules) {
    to.begin_object();
    to("id", x.id)("version", x.version)("enabled", x.spec.enabled).raw("spec", core::to_document(x.spec).plain);
    to.end_object();
  }
  to.end_array();
  return std::string{to.text()};
}

} // namespace

void monitor_repository::create(monitor_record x, write_note note, reply_to<monitor_record> done) {
  params p;
  p << monitor_document(x, nullptr, note);
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_create(answer, x); };
  submit(deps_, entity, one_command<monitor_record>({&create_monitors, std::move(p)}, std::move(done), judge),
         note.dry);
}

void monitor_repository::update(monitor_record x, std::optional<transition> step, write_note note,
                                reply_to<monitor_record> done) {
  if (step)
    done = deps_.feed->placed(step->org, step->events, std::move(done));
  params p;
  p << monitor_document(x, step ? &*step : nullptr, note);
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_update(answer, x); };
  submit(deps_, entity, one_command<monitor_record>({&update_monitors, std::move(p)}, std::move(done), judge),
         note.dry);
}

// An array of one, as statements of many take it.
std::string monitor_repository::monitor_document(const monitor_record& x, const transition* step,
                                                 const write_note& note) const {
  json_writer to;
  to.begin_array().begin_object();
  write_row(to.key("row"), x, *deps_.sealer);
  to.raw("step", transition_document(step, note_document(note, *deps_.sealer, deps_.clock->now())));
  to.end_object().end_array();
  return std::string{to.text()};
}

void monitor_repository::remove(org_id org, monitor_id id, std::optional<transition> step, write_note note,
                                reply_to<void> done) {
  if (step)
    done = deps_.feed->placed(step->org, step->events, std::move(done));
  params p;
  p << transition_document(step ? &*step : nullptr) << id << org << deps_.clock->now();
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto removed = [](const rows& answer) { return judge_monitor_removal(answer); };
  submit(deps_, id.value, one_command<void>({&remove_monitor, std::move(p)}, std::move(done), removed), note.dry);
}

void monitor_repository::expire(org_id org, monitor_id id, transition step, std::vector<alert_rule_record> forgetful,
                                write_note note, reply_to<expiry> done) {
  done = deps_.feed->placed(step.org, step.events, std::move(done));
  params p;
  p << transition_document(&step) << id << org << deps_.clock->now();
  p << note_document(note, *deps_.sealer, deps_.clock->now()) << rules_document(forgetful);
  deps_.writers->submit(id.value,
                        one_command<expiry>({&expire_monitor, std::move(p)}, std::move(done), judge_expiry, true));
}

void monitor_repository::commit(transition step, reply_to<void> done) {
  done = deps_.feed->placed(step.org, step.events, std::move(done));
  params p;
  auto note = step.note ? note_document(*step.note, *deps_.sealer, deps_.clock->now()) : std::string{};
  p << '[' + transition_document(&step, note) + ']';
  auto judge = [](const rows& answer) -> result<void> {
    bool present = false;
    row_reader{answer, 0} >> present;
    return present ? result<void>{} : fail(no_such(noun));
  };
  deps_.writers->submit(step.monitor.value,
                        one_command<void>({&commit_transitions, std::move(p)}, std::move(done), judge, true));
}

// Behind all that its earlier life has left in the queues: who started from an older row would decide again what is
// about to be written, and number it lower.
void monitor_repository::load(monitor_id id, reply_to<loaded_monitor> done) {
  auto since = deps_.clock->now() - std::chrono::hours{24};
  auto read = [=, deps = deps_] {
    deps.reads->read<loaded_monitor>(
        done, [=, sealer = deps.sealer](connection& db) { return load_monitor(db, id, since, *sealer); });
  };
  deps_.writers->after_writes(
      id.value, [=, flusher = &runtimes_](status s) { s ? flusher->after_notes(read) : done(fail(s.error())); });
}

} // namespace gochron::storage
