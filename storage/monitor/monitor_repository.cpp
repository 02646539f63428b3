#include "storage/monitor/monitor_repository.hpp"

#include "core/documents.hpp"
#include "storage/audit/note_rows.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/json.hpp"
#include "storage/monitor/monitor_loading.hpp"
#include "storage/monitor/monitor_rows.hpp"
#include "storage/monitor/monitor_verdicts.hpp"
#include "storage/refusals.hpp"
#include "storage/rehearsal.hpp"
#include "storage/rule/rule_repository.hpp"

namespace gochron::storage {
namespace {

// The documents of monitors to write: `row`, its columns, and `step`, what happens with it.
const std::string documents_cte = R"(
WITH RECURSIVE docs AS (
  SELECT t.n, t.d->'step' AS d, t.d->'parents' AS parents, x.*
  FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY t (d, n),
    jsonb_populate_record(NULL::monitors, t.d->'row') x))";

// What they depend on, each with its place, and the places of what their organisations have not.
const std::string parents_ctes = R"(,
named AS (
  SELECT docs.n, docs.id AS monitor_id, docs.org_id, p.id::uuid AS parent_id, p.place - 1 AS place
  FROM docs, jsonb_array_elements_text(docs.parents) WITH ORDINALITY p (id, place)),
missing AS (
  SELECT n, place FROM named x
  WHERE NOT EXISTS (SELECT FROM monitors m WHERE m.id = x.parent_id AND m.org_id = x.org_id)))";

const std::string depends_cte = R"(,
depends AS (
  INSERT INTO monitor_dependencies (monitor_id, parent_id, org_id)
  SELECT monitor_id, parent_id, org_id FROM named WHERE monitor_id IN (SELECT id FROM gate) ON CONFLICT DO NOTHING))";

// Who is in the gate is looked up in a hash, which a list of what to select has even where joins may not hash.
const statement create_monitors{"create_monitors",
                                documents_cte + parents_ctes + R"(,
made AS (
  INSERT INTO monitors (id, org_id, version, created_at, updated_at, type, ping_token, key, name, tags, paused, spec,
                        sealed)
  SELECT id, org_id, version, created_at, updated_at, type, ping_token, key, name, tags, paused, spec, sealed
  FROM docs WHERE n NOT IN (SELECT n FROM missing) ORDER BY n
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
                                    depends_cte + note_ctes("gate.d->'note'") + R"(
SELECT good, ARRAY(SELECT place::text FROM missing WHERE missing.n = judged.n ORDER BY place) FROM judged ORDER BY n)",
                                true};

// `unless`: what else is in the way of x.
std::string update_gate(const std::string& unless) {
  return R"(,
gate AS (
  UPDATE monitors m SET version = x.version, updated_at = x.updated_at, key = x.key, name = x.name, tags = x.tags,
                        paused = x.paused, spec = x.spec, sealed = x.sealed, ping_token = x.ping_token,
                        retired_token = x.retired_token, retired_until = x.retired_until
  FROM docs x
  WHERE m.id = x.id AND m.org_id = x.org_id AND m.version = x.version - 1
    AND NOT EXISTS (SELECT FROM monitors o WHERE o.org_id = x.org_id AND o.key = x.key AND o.id <> x.id))" +
         unless + R"(
  RETURNING m.id, x.d, x.parents),
independent AS (
  DELETE FROM monitor_dependencies d USING gate WHERE d.monitor_id = gate.id AND NOT gate.parents ? d.parent_id::text))" +
         runtime_cte() + record_ctes();
}

const std::string update_verdict = R"(
SELECT id IN (SELECT id FROM gate), (SELECT version FROM monitors m WHERE m.id = docs.id AND m.org_id = docs.org_id))";

const statement update_monitors{"update_monitors",
                                documents_cte + update_gate("") + note_ctes("gate.d->'note'") + update_verdict + R"(
FROM docs ORDER BY n)",
                                true};

// Of an organisation one at a time changes what its monitors depend on: two at once could close a circle that neither
// sees. Another statement than the one that looks, which is to see what the one before has written.
const statement hold_dependencies{"hold_dependencies", "SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE"};

const statement update_dependent{"update_dependent", documents_cte + parents_ctes + R"(,
above AS (
  SELECT place, parent_id AS id FROM named
  UNION
  SELECT above.place, d.parent_id FROM above JOIN monitor_dependencies d ON d.monitor_id = above.id),
circular AS (
  SELECT DISTINCT above.place FROM above JOIN docs ON docs.id = above.id))" +
                                                         update_gate(R"(
    AND NOT EXISTS (SELECT FROM missing) AND NOT EXISTS (SELECT FROM circular))") +
                                                         depends_cte + note_ctes("gate.d->'note'") + update_verdict +
                                                         R"(,
  ARRAY(SELECT place::text FROM missing ORDER BY place), ARRAY(SELECT place::text FROM circular ORDER BY place)
FROM docs ORDER BY n)"};

const statement remove_monitor{"remove_monitor", R"(
WITH gate AS (
  DELETE FROM monitors WHERE id = $2 AND org_id = $3
    AND NOT EXISTS (SELECT FROM alert_rule_monitors r WHERE r.monitor_id = $2)
    AND NOT EXISTS (SELECT FROM monitor_dependencies d WHERE d.parent_id = $2)
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
  SELECT monitor_id FROM monitor_dependencies WHERE parent_id = $2 AND org_id = $3 ORDER BY monitor_id LIMIT 100), ARRAY(
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
  DELETE FROM monitors WHERE id = $2 AND org_id = $3 AND (SELECT yes FROM agreed)
    AND NOT EXISTS (SELECT FROM monitor_dependencies d WHERE d.parent_id = $2)
  RETURNING id, org_id, $1::jsonb AS d),
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
SELECT (SELECT count(*) FROM gate) = 1, EXISTS (SELECT FROM monitors WHERE id = $2 AND org_id = $3), ARRAY(
  SELECT monitor_id FROM monitor_dependencies WHERE parent_id = $2 AND org_id = $3 ORDER BY monitor_id LIMIT 1000),)"
                                                     R"( NULL, NULL, NULL, NULL, NULL, NULL
UNION ALL SELECT NULL, NULL, NULL,)" + rule_columns() +
                                                     "FROM named r"};

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

// Whoever would close it waits until this is committed.
const statement hold_open_incident{
    "hold_open_incident", "SELECT FROM incidents WHERE id = $1 AND org_id = $2 AND state <> 'resolved' FOR SHARE"};

constexpr std::string_view noun = "monitor";

result<void> judge_commit(const rows& answer) {
  bool present = false;
  row_reader{answer, 0} >> present;
  return present ? result<void>{} : fail(no_such(noun));
}

write_unit commit_beside_open(const params& other, params p, reply_to<void> done) {
  auto judge = [](std::span<const rows> answers) {
    return answers[0].empty() ? fail(errc::conflict, "The other incident is already resolved.")
                              : judge_commit(answers[1]);
  };
  write_unit unit;
  unit.commands.push_back({&hold_open_incident, other});
  unit.commands.push_back({&commit_transitions, std::move(p)});
  unit.whole = true;
  unit.accepts = [judge](std::span<const rows> answers) { return judge(answers).has_value(); };
  unit.done = [judge, done = std::move(done)](result<std::span<const rows>> answers) {
    answers ? done(judge(*answers)) : done(fail(answers.error()));
  };
  return unit;
}

write_unit dependent_update(monitor_record x, params p, reply_to<monitor_record> done) {
  write_unit unit;
  unit.commands.push_back({&hold_dependencies, params{} << x.org});
  unit.commands.push_back({&update_dependent, std::move(p)});
  auto judge = [x = std::move(x)](std::span<const rows> answers) { return judge_dependent(answers[1], x); };
  unit.accepts = [judge](std::span<const rows> answers) { return judge(answers).has_value(); };
  unit.done = [judge, done = std::move(done)](result<std::span<const rows>> answers) {
    answers ? done(judge(*answers)) : done(fail(answers.error()));
  };
  return unit;
}

// Beside rules and dependents, maintenance windows may be in the way.
result<void> judge_monitor_removal(const rows& answer) {
  std::vector<window_id> windows;
  row_reader{answer, 0}.skip().skip().skip() >> windows;
  auto judged = judge_remove(answer);
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
  if (x.spec.depends_on)
    return submit(deps_, entity, dependent_update(std::move(x), std::move(p), std::move(done)), note.dry);
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
  to("parents", x.spec.depends_on ? *x.spec.depends_on : std::vector<monitor_id>{});
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

params monitor_repository::params_of(const transition& step) const {
  params p;
  auto note = step.note ? note_document(*step.note, *deps_.sealer, deps_.clock->now()) : std::string{};
  p << '[' + transition_document(&step, note) + ']';
  return p;
}

void monitor_repository::commit(transition step, reply_to<void> done) {
  done = deps_.feed->placed(step.org, step.events, std::move(done));
  deps_.writers->submit(step.monitor.value,
                        one_command<void>({&commit_transitions, params_of(step)}, std::move(done), judge_commit, true));
}

void monitor_repository::commit_if_open(transition step, incident_id other, reply_to<void> done) {
  done = deps_.feed->placed(step.org, step.events, std::move(done));
  params of_other;
  of_other << other << step.org;
  deps_.writers->submit(step.monitor.value, commit_beside_open(of_other, params_of(step), std::move(done)));
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
