#include <algorithm>
#include <atomic>
#include <unordered_map>

#include "core/schema/incident_bulk.hpp"
#include "http/configured.hpp"
#include "http/kept_response.hpp"
#include "http/problem.hpp"

/// One action on many incidents. Each goes to its own monitor, as the action alone does; none waits for another.
namespace gochron::http {
namespace {

const noun incidents{"/api/incidents", "Incidents", "incidents"};

/// What is to be done, but to whom, by whom, and who hears of it.
using action_maker = std::function<handle_incident()>;

/// One request under way. A result is written by whoever answers it, and read when all have answered.
struct many {
  call c;
  action_maker make;
  std::vector<core::incident_bulk_result> results;
  std::vector<std::optional<error>> refused;
  std::atomic<std::size_t> left;

  many(call of, action_maker m, const std::vector<incident_id>& ids)
    : c(std::move(of)), make(std::move(m)), refused(ids.size()), left(ids.size()) {
    for (const auto& id : ids)
      results.push_back({static_cast<std::int64_t>(results.size()), 0, id, {}, {}});
  }
};

using many_ptr = std::shared_ptr<many>;

bool is_for_later(const error& e) {
  return kind_of(e.code).status == 503;
}

// Of a rehearsal there are no results to show: what is wrong with any of them is the answer.
error refusal_of(const many& s) {
  error e{errc::conflict, "Some of the incidents would be refused.", {}, {}, {}};
  for (std::size_t n = 0; n < s.refused.size(); ++n) {
    if (!s.refused[n])
      continue;
    if (is_for_later(*s.refused[n]))
      return *s.refused[n];
    e.violations.push_back(
        {"/incident_ids/" + std::to_string(n), std::string{kind_of(s.refused[n]->code).code}, s.refused[n]->detail});
  }
  return e;
}

// An answer that says "later" of any is not kept: whoever asks again under the key gets further. What was done is kept
// with each.
void answer(const many& s) {
  bool any = std::ranges::any_of(s.refused, [](const auto& x) { return x.has_value(); });
  if (s.c.dry() && any)
    return s.c.refuse(refusal_of(s));
  bool later = std::ranges::any_of(s.refused, [](const auto& x) { return x && is_for_later(*x); });
  response r{200, "application/json", {}, s.c.render(*core::incident_bulk_answer_schema(), {s.results})};
  later ? s.c.answer_unkept(std::move(r)) : s.c.answer(std::move(r));
}

void ended(const many_ptr& s) {
  if (--s->left == 0)
    answer(*s);
}

void refuse(const many_ptr& s, std::size_t n, error e) {
  s->results[n].status = static_cast<std::int32_t>(kind_of(e.code).status);
  s->results[n].failure = problem_response(e, s->c.request().raw_path(), s->c.request().request_id).body;
  s->refused[n] = std::move(e);
  ended(s);
}

void done(const many_ptr& s, std::size_t n, std::string json) {
  s->results[n].status = 200;
  s->results[n].shown = std::move(json);
  ended(s);
}

std::string shown(const many& s, const incident& x) {
  return s.c.render(*core::incident_schema(), x);
}

// What was done to one is kept with it: when the engine dies half-way, the request can be sent again.
std::string key_of(const many& s, std::size_t n) {
  return s.c.key().key + '#' + std::to_string(n);
}

written_by<incident> by(const many_ptr& s, std::size_t n) {
  written_by<incident> x{s->c.by().from, s->c.dry(), {}};
  if (s->c.has_key() && !x.dry)
    x.keep = [s, n](const incident& will) {
      return kept_answer{s->c.org(), s->c.who().id, key_of(*s, n), s->c.key().fingerprint,
                         write_response({200, "application/json", {}, shown(*s, will)})};
    };
  return x;
}

void act(const many_ptr& s, std::size_t n, const incident& x) {
  if (x.state == incident_state::resolved)
    return refuse(s, n, {errc::conflict, "The incident is already resolved.", {}, {}, {}});
  auto m = s->make();
  m.org = s->c.org();
  m.monitor = x.monitor;
  m.id = x.id;
  m.by = by(s, n);
  m.reply = reply_to<incident>{
      [s, n](result<incident> after) { after ? done(s, n, shown(*s, *after)) : refuse(s, n, after.error()); }};
  s->c.with().engine.tell(std::move(m));
}

void unless_done(const many_ptr& s, std::size_t n, const incident& x) {
  if (!s->c.has_key() || s->c.dry())
    return act(s, n, x);
  auto found = [s, n, x](result<kept_answer> kept) {
    if (!kept)
      return kept.error().code == errc::not_found ? act(s, n, x) : refuse(s, n, kept.error());
    auto then = kept->fingerprint == s->c.key().fingerprint ? read_response(kept->answer) : std::nullopt;
    then ? done(s, n, std::move(then->body))
         : refuse(s, n, {errc::key_reused, "This Idempotency-Key was used for something else.", {}, {}, {}});
  };
  s->c.with().answers.find(s->c.org(), s->c.who().id, key_of(*s, n), reply_to<kept_answer>{std::move(found)});
}

void each(const many_ptr& s, std::vector<incident> rows) {
  std::unordered_map<incident_id, incident> found;
  for (auto& x : rows)
    found.emplace(x.id, std::move(x));
  auto count = s->results.size(); // the last answer may come at once
  for (std::size_t n = 0; n < count; ++n) {
    auto it = found.find(s->results[n].id);
    it == found.end() ? refuse(s, n, {errc::not_found, "No such incident.", {}, {}, {}})
                      : unless_done(s, n, it->second);
  }
}

void start(const call& c, const std::vector<incident_id>& ids, action_maker make) {
  extend_deadline(c.ticket(), seconds{30});
  auto s = std::make_shared<many>(c, std::move(make), ids);
  incident_query wanted;
  wanted.ids = ids;
  wanted.horizon = horizon_of(c);
  auto looked_up = [s](result<page<incident>> x) { x ? each(s, std::move(x->rows)) : s->c.refuse(x.error()); };
  c.with().queries.incidents(c.org(), std::move(wanted), {static_cast<std::uint32_t>(ids.size()), {}},
                             reply_to<page<incident>>{std::move(looked_up)});
}

std::function<void(call)> handle(incident_verb verb) {
  return [verb](const call& c) {
    if (refused_parameters(c))
      return;
    auto wanted = core::read_body(*core::incident_bulk_action_schema(), *c.request().body);
    if (!wanted)
      return c.refuse(wanted.error());
    start(c, wanted->incidents, [verb, note = wanted->how.note.value_or("")] {
      handle_incident m;
      m.verb = verb;
      m.note = note;
      return m;
    });
  };
}

void snooze(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::incident_bulk_snooze_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  auto until = core::end_of(wanted->how, c.with().clock.now());
  if (!until)
    return c.refuse(until.error());
  start(c, wanted->incidents, [until = *until, note = wanted->how.note.value_or("")] {
    handle_incident m;
    m.verb = incident_verb::snooze;
    m.note = note;
    m.until = until;
    return m;
  });
}

body_spec body_of(const core::type_info_ptr& type, const std::string& more) {
  return {type, core::schema_use::request, R"({"incident_ids":["inc_01kdz0c3v8e7q9b5n2m4x6y8za"],)" + more + "}", true};
}

} // namespace

operations incident_bulk_operations() {
  auto action = core::incident_bulk_action_schema()->info();
  success results{200, "What came of each.", core::incident_bulk_answer_schema()->info()};
  operation_table add{incidents};
  auto row = [&](const std::string& verb, std::string id, std::string summary, const std::string& doc,
                 std::function<void(call)> run) -> operation& {
    return add("POST", "/bulk/" + verb, std::move(id), true, std::move(summary),
               doc + " Up to 100, each on its own and side by side: `results` says what came of it, 200 with the "
                     "incident, or what the action alone would have been refused with (404, 409, 503). With "
                     "`validate_only` what is wrong with any of them is told at once.",
               results, std::move(run));
  };
  row("acknowledge", "bulkAcknowledgeIncidents", "Acknowledge many incidents", "Somebody is on them.",
      handle(incident_verb::acknowledge))
      .body = body_of(action, R"("note":"One switch, all of these.")");
  row("resolve", "bulkResolveIncidents", "Resolve many incidents", "Closes them by hand.",
      handle(incident_verb::resolve))
      .body = body_of(action, R"("note":"The switch is replaced.")");
  row("unacknowledge", "bulkUnacknowledgeIncidents", "Take many acknowledgements back",
      "Triggered again, and their escalations go on.", handle(incident_verb::unacknowledge))
      .body = body_of(action, R"("note":"I have to hand these over.")");
  row("snooze", "bulkSnoozeIncidents", "Snooze many incidents", "Their escalations stand still until then.", snooze)
      .body = body_of(core::incident_bulk_snooze_schema()->info(), R"("seconds":3600)");
  for (auto& op : add.all)
    op.problems = {409};
  return std::move(add.all);
}

} // namespace gochron::http
