#include <algorithm>

#include "core/schema/incident_requests.hpp"
#include "http/incident_lookup.hpp"

/// Opening an incident by hand, and what can be done to one beyond taking and ending it.
namespace gochron::http {
namespace {

const noun incidents{"/api/incidents", "Incidents", "incidents"};

constexpr auto example_request = R"({"monitor_id":"mon_01kdz0c3v8e7q9b5n2m4x6y8za","title":"Nightly import is late",)"
                                 R"("severity":"error","dedup_key":"import/2026-01-31"})";

incident_signal signal_of(const core::incident_request& x) {
  incident_signal s;
  s.title = x.title;
  s.severity = x.severity;
  s.message = x.message.value_or("");
  s.dedup_key = x.dedup_key.value_or("");
  s.runbook_url = x.runbook_url;
  s.details = x.details.value_or("");
  return s;
}

response opened(const call& c, const std::vector<signal_answer>& all) {
  const auto& x = all.front();
  if (!x.incident)
    return {}; // a rehearsal of an opening has nothing to show
  return x.outcome == signal_outcome::opened
             ? c.created(*x.incident, *core::incident_schema(), "/api/incidents/" + x.incident->id.str(), std::nullopt)
             : c.shown(*x.incident, *core::incident_schema());
}

// A monitor that is not there is a wrong id in the body, not a wrong path.
error as_reference(error e) {
  if (e.code != errc::not_found)
    return e;
  return {errc::invalid, "The request body is not valid.", {{"/monitor_id", "unknown_id", "No such id."}}, {}, {}};
}

void open(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::incident_request_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  using answers = std::vector<signal_answer>;
  auto [by, reply] = c.write<answers>([c](const answers& x) { return opened(c, x); });
  reply_to<answers> answer{
      [c, reply = reply](result<answers> x) { x ? reply(std::move(x)) : c.refuse(as_reference(x.error())); }};
  c.with().engine.tell(signal_incidents{
      c.org(), wanted->monitor, incident_source::manual, {signal_of(*wanted)}, std::move(by), std::move(answer)});
}

handle_incident begin(const call& c, const incident& x, incident_verb verb, const std::optional<std::string>& note) {
  auto [by, reply] = c.write<incident>([c](const incident& y) { return c.shown(y, *core::incident_schema()); });
  handle_incident m;
  m.org = c.org();
  m.monitor = x.monitor;
  m.id = x.id;
  m.verb = verb;
  m.note = note.value_or("");
  m.by = std::move(by);
  m.reply = std::move(reply);
  return m;
}

// Reads the body, then looks the incident up: one that is not there is 404 whatever was said of it.
template <class T, class F>
void act(const call& c, const core::object_schema<T>& schema, F f) {
  if (refused_parameters(c))
    return;
  auto wanted = c.optional_body(schema);
  if (wanted)
    with_incident(c, [c, f, wanted = *wanted](const incident& x) { f(c, x, wanted); });
}

void refuse_body(const call& c, std::string pointer, std::string code, std::string detail) {
  c.refuse({errc::invalid,
            "The request body is not valid.",
            {{std::move(pointer), std::move(code), std::move(detail)}},
            {},
            {}});
}

void change(call c) {
  act(c, *core::incident_change_schema(), [](const call& of, const incident& x, const core::incident_change& wanted) {
    auto m = begin(of, x, incident_verb::change, {});
    m.title = wanted.title;
    m.severity = wanted.severity;
    of.with().engine.tell(std::move(m));
  });
}

void reopen(call c) {
  act(c, *core::incident_action_schema(), [](const call& of, const incident& x, const core::incident_action& wanted) {
    of.with().engine.tell(begin(of, x, incident_verb::reopen, wanted.note));
  });
}

void snooze(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::snooze_action_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  auto until = core::end_of(*wanted, c.with().clock.now());
  if (!until)
    return c.refuse(until.error());
  with_incident(c, [c, until = *until, note = wanted->note](const incident& x) {
    auto m = begin(c, x, incident_verb::snooze, note);
    m.until = until;
    c.with().engine.tell(std::move(m));
  });
}

// The other one must be open when it is looked at.
void merge_into(const call& c, const incident& x, const core::merge_action& wanted) {
  incident_query other;
  other.ids = {wanted.into};
  auto found = [c, x, note = wanted.note](result<page<incident>> into) {
    if (!into)
      return c.refuse(into.error());
    if (into->rows.empty())
      return refuse_body(c, "/into", "unknown_id", "No such id.");
    if (into->rows.front().state == incident_state::resolved)
      return c.refuse({errc::conflict, "The incident to merge into is already resolved.", {}, {}, {}});
    auto m = begin(c, x, incident_verb::merge, note);
    m.into = std::make_shared<const incident>(std::move(into->rows.front()));
    c.with().engine.tell(std::move(m));
  };
  c.with().queries.incidents(c.org(), std::move(other), {1, {}}, reply_to<page<incident>>{std::move(found)});
}

void merge(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::merge_action_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  with_incident(c, [c, wanted = *wanted](const incident& x) {
    x.id == wanted.into ? refuse_body(c, "/into", "inconsistent", "Not into itself.") : merge_into(c, x, wanted);
  });
}

// Those of `wanted` who are there; of the others the place of each is refused.
result<std::vector<paged_user>> people_of(const std::vector<user_id>& wanted, const std::vector<user_record>& found) {
  std::vector<paged_user> people;
  error refused{errc::invalid, "The request body is not valid.", {}, {}, {}};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    auto it = std::ranges::find(found, wanted[i], &user_record::id);
    if (it == found.end())
      refused.violations.push_back({"/user_ids/" + std::to_string(i), "unknown_id", "No such user."});
    else
      people.push_back({it->id, it->spec.name});
  }
  if (!refused.violations.empty())
    return fail(std::move(refused));
  return people;
}

void hand_to(const call& c, const incident& x, const core::reassign_action& wanted) {
  auto found = [c, x, wanted](result<page<user_record>> users) {
    if (!users)
      return c.refuse(users.error());
    auto people = people_of(wanted.users, users->rows);
    if (!people)
      return c.refuse(people.error());
    auto m = begin(c, x, incident_verb::reassign, wanted.note);
    m.users = std::move(*people);
    c.with().engine.tell(std::move(m));
  };
  c.with().queries.users(c.org(), wanted.users, {}, {core::most_reassigned, {}},
                         reply_to<page<user_record>>{std::move(found)});
}

void reassign(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::reassign_action_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  with_incident(c, [c, wanted = *wanted](const incident& x) {
    if (!wanted.policy)
      return hand_to(c, x, wanted);
    auto m = begin(c, x, incident_verb::reassign, wanted.note);
    m.policy = wanted.policy;
    c.with().engine.tell(std::move(m));
  });
}

} // namespace

operations incident_action_operations() {
  auto type = core::incident_schema()->info();
  operation_table add{incidents};
  auto& post = add("POST", "", "openIncident", true, "Open an incident",
                   "By hand, on any monitor. Rules and escalation policies apply as to any other. While one with the "
                   "same `dedup_key` is open on the monitor, that one is answered with 200, its `details` replaced. It "
                   "does not end with the monitor's recovery: resolve it. 409 while the monitor is paused; 1,000 open "
                   "ones fit on a monitor.",
                   {201, "The incident, with its `Location`.", type}, open);
  post.also = success{200, "The one that is open already.", type};
  post.body = body_spec{core::incident_request_schema()->info(), core::schema_use::request, example_request, true};
  post.problems = {409, 503};
  auto& patch = add("PATCH", "/{id}", "updateIncident", true, "Change an incident",
                    "Its title and severity, while it is open.", {200, "The incident as it is now.", type}, change);
  patch.body =
      body_spec{core::incident_change_schema()->info(), core::schema_use::request, R"({"severity":"warning"})", true};
  patch.problems = {409};
  auto& again = add("POST", "/{id}/reopen", "reopenIncident", true, "Reopen an incident",
                    "One that was resolved in the last seven days is triggered again: its escalations begin anew, and "
                    "whoever hears of openings hears of it. It then ends by hand, unless it is of the failure that its "
                    "monitor is still in. 409 when it is open or was resolved longer ago.",
                    {200, "The incident as it is now.", type}, reopen);
  again.body =
      body_spec{core::incident_action_schema()->info(), core::schema_use::request, R"({"note":"It is back."})", false};
  again.problems = {409};
  auto& wait = add("POST", "/{id}/snooze", "snoozeIncident", true, "Snooze an incident",
                   "Its escalations stand still until then; then it is triggered again and they go on. Acknowledging "
                   "it ends that, and so does taking an acknowledgement back. A resolved incident is 409.",
                   {200, "The incident as it is now.", type}, snooze);
  wait.body = body_spec{core::snooze_action_schema()->info(), core::schema_use::request, R"({"seconds":3600})", true};
  wait.problems = {409};
  auto& hand = add("POST", "/{id}/reassign", "reassignIncident", true, "Reassign an incident",
                   "To another escalation policy, whose first step is told at once, or to people, who are told at once "
                   "by their notification rules. Its other escalations end, and it is triggered again where somebody "
                   "had taken it. 409 when it is resolved, or is to go to people and has no escalation.",
                   {200, "The incident as it is now.", type}, reassign);
  hand.body = body_spec{core::reassign_action_schema()->info(), core::schema_use::request,
                        R"({"user_ids":["usr_01kdz0c3v8e7q9b5n2m4x6y8za"],"note":"It is the database."})", true};
  hand.problems = {409};
  auto& join =
      add("POST", "/{id}/merge", "mergeIncident", true, "Merge an incident into another",
          "It is resolved, `merged_into` says where it is dealt with, and whoever heard of it hears that it is "
          "over. Both timelines say so. A later failure of its monitor opens a new one. 409 when either is "
          "resolved.",
          {200, "The incident as it is now.", type}, merge);
  join.body = body_spec{core::merge_action_schema()->info(), core::schema_use::request,
                        R"({"into":"inc_01kdz0c3v8e7q9b5n2m4x6y8za"})", true};
  join.problems = {409};
  return std::move(add.all);
}

} // namespace gochron::http
