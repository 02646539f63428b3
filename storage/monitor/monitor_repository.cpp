#include "storage/monitor/monitor_repository.hpp"

#include "storage/audit/note_rows.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/monitor/monitor_loading.hpp"
#include "storage/monitor/monitor_rows.hpp"
#include "storage/rehearsal.hpp"

namespace gochron::storage {
namespace {

const statement create_monitor{"create_monitor", R"(
WITH gate AS (
  INSERT INTO monitors (id, org_id, version, created_at, updated_at, type, ping_token, key, name, tags, paused, spec,
                        sealed)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  ON CONFLICT DO NOTHING
  RETURNING id, org_id, created_at),
state AS (
  INSERT INTO monitor_state (monitor_id, org_id, sequence, status, transition, failures, successes, status_since,
                             cause_code, cause_message, run_id, skipped_slots)
  SELECT id, org_id, 0, 'pending', 'none', 0, 0, created_at, 'none', '', '', 0 FROM gate))" +
                                                     note_ctes("$14::jsonb") + R"(
SELECT id FROM gate)"};

const statement update_monitor{"update_monitor", R"(
WITH gate AS (
  UPDATE monitors SET version = $4::bigint, updated_at = $5, key = $6, name = $7, tags = $8, paused = $9, spec = $10,
                      sealed = $11
  WHERE id = $2 AND org_id = $3 AND version = $4::bigint - 1
    AND NOT EXISTS (SELECT FROM monitors o WHERE o.org_id = $3 AND o.key = $6 AND o.id <> $2)
  RETURNING id, $1::jsonb AS d))" + runtime_cte() + record_ctes() +
                                                     note_ctes("$12::jsonb") +
                                                     R"(
SELECT (SELECT count(*) FROM gate), (SELECT version FROM monitors WHERE id = $2 AND org_id = $3))"};

const statement remove_monitor{"remove_monitor", R"(
WITH gate AS (
  DELETE FROM monitors WHERE id = $2 AND org_id = $3
    AND NOT EXISTS (SELECT FROM alert_rule_monitors r WHERE r.monitor_id = $2)
  RETURNING id, org_id, $1::jsonb AS d),
state AS (
  DELETE FROM monitor_state s USING gate WHERE s.monitor_id = gate.id),
purge AS (
  INSERT INTO monitor_purges (monitor_id, org_id, removed_at) SELECT id, org_id, $4 FROM gate
  ON CONFLICT DO NOTHING))" + record_ctes() + note_ctes("$5::jsonb") +
                                                     R"(
SELECT (SELECT count(*) FROM gate), ARRAY(
  SELECT rule_id FROM alert_rule_monitors WHERE monitor_id = $2 AND org_id = $3 ORDER BY rule_id))"};

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

error no_such_monitor() {
  return {errc::not_found, "No such monitor.", {}, {}, {}};
}
error key_taken() {
  return {errc::conflict, "Another monitor of this organisation has this key.", {}, {}, {}};
}

result<monitor_record> judge_update(const rows& answer, const monitor_record& x) {
  std::int64_t changed = 0;
  std::optional<std::int64_t> version;
  row_reader{answer, 0} >> changed >> version;
  if (changed == 1)
    return x;
  if (!version)
    return fail(no_such_monitor());
  if (*version != x.version - 1)
    return fail(errc::stale, "The monitor was changed meanwhile.");
  return fail(key_taken());
}

result<void> judge_remove(const rows& answer) {
  std::int64_t deleted = 0;
  std::vector<rule_id> rules;
  row_reader{answer, 0} >> deleted >> rules;
  if (deleted == 1)
    return {};
  if (rules.empty())
    return fail(no_such_monitor());
  error blocked{errc::conflict, "Alert rules name this monitor.", {}, {}, {}};
  for (const auto& id : rules)
    blocked.blocked_by.push_back(id.str());
  return fail(std::move(blocked));
}

} // namespace

void monitor_repository::create(monitor_record x, write_note note, reply_to<monitor_record> done) {
  params p;
  p << x.id << x.org << x.version << x.created_at << x.updated_at << x.spec.type() << unless_blank(x.ping_token);
  append_spec(p, x, *deps_.sealer);
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& made) -> result<monitor_record> {
    return made.empty() ? result<monitor_record>{fail(key_taken())} : x;
  };
  submit(deps_, entity, one_command<monitor_record>({&create_monitor, std::move(p)}, std::move(done), judge), note.dry);
}

void monitor_repository::update(monitor_record x, std::optional<transition> step, write_note note,
                                reply_to<monitor_record> done) {
  if (step)
    done = deps_.feed->placed(step->org, step->events, std::move(done));
  params p;
  p << transition_document(step ? &*step : nullptr) << x.id << x.org << x.version << x.updated_at;
  append_spec(p, x, *deps_.sealer);
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  auto entity = x.id.value;
  auto judge = [x = std::move(x)](const rows& answer) { return judge_update(answer, x); };
  submit(deps_, entity, one_command<monitor_record>({&update_monitor, std::move(p)}, std::move(done), judge), note.dry);
}

void monitor_repository::remove(org_id org, monitor_id id, std::optional<transition> step, write_note note,
                                reply_to<void> done) {
  if (step)
    done = deps_.feed->placed(step->org, step->events, std::move(done));
  params p;
  p << transition_document(step ? &*step : nullptr) << id << org << deps_.clock->now();
  p << note_document(note, *deps_.sealer, deps_.clock->now());
  submit(deps_, id.value, one_command<void>({&remove_monitor, std::move(p)}, std::move(done), judge_remove), note.dry);
}

void monitor_repository::commit(transition step, reply_to<void> done) {
  done = deps_.feed->placed(step.org, step.events, std::move(done));
  params p;
  auto note = step.note ? note_document(*step.note, *deps_.sealer, deps_.clock->now()) : std::string{};
  p << '[' + transition_document(&step, note) + ']';
  auto judge = [](const rows& answer) -> result<void> {
    bool present = false;
    row_reader{answer, 0} >> present;
    return present ? result<void>{} : fail(no_such_monitor());
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
