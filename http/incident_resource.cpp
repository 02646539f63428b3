#include "http/incident_lookup.hpp"

namespace gochron::http {
namespace {

const noun incidents{"/api/incidents", "Incidents", "incidents"};

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({
      ids_parameter("inc"),
      enum_parameter<incident_state>("state", "Only in these states."),
      enum_parameter<severity>("severity", "Only of these severities."),
      id_parameter<monitor_id>("monitor_id", "Only of this monitor."),
      id_parameter<policy_id>("escalation_policy_id", "Only what climbs this policy, or has climbed it."),
      {"dedup_key", "Only with this dedup key."},
      {"acknowledged_by", "Only what this one has taken, as `acknowledged_by` shows it: `user:Ada`."},
      {"q", "Only those with this text in their titles, whatever its case."},
      time_parameter("from", "Opened at or after this time."),
      time_parameter("to", "Opened before this time."),
  });
  return all;
}

void list(call c) {
  query_reader q{c};
  incident_query wanted;
  wanted.ids = q.ids<incident_id>("ids");
  wanted.states = q.names<incident_state>("state");
  wanted.severities = q.names<severity>("severity");
  wanted.monitor = q.id<monitor_id>("monitor_id");
  wanted.policy = q.id<policy_id>("escalation_policy_id");
  wanted.dedup_key = q.text("dedup_key");
  wanted.acknowledged_by = q.text("acknowledged_by");
  wanted.part = q.text("q");
  wanted.from = q.time("from");
  wanted.to = q.time("to");
  wanted.horizon = horizon_of(c);
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().queries.incidents(c.org(), std::move(wanted), page, list_of<incident>(c, core::incident_schema()));
}

void get(call c) {
  if (refused_parameters(c))
    return;
  with_incident(c, [c](const incident& x) { c.one(result<incident>{x}, *core::incident_schema()); });
}

void timeline(call c) {
  query_reader q{c};
  auto page = q.page();
  if (auto e = q.problem(list_parameters()))
    return c.refuse(*e);
  with_incident(c, [c, page](const incident& x) {
    c.with().queries.timeline(c.org(), x.id, page, list_of<timeline_entry>(c, core::timeline_entry_schema()));
  });
}

void deliveries(call c) {
  query_reader q{c};
  auto page = q.page();
  if (auto e = q.problem(list_parameters()))
    return c.refuse(*e);
  with_incident(c, [c, page](const incident& x) {
    delivery_query wanted;
    wanted.incident = x.id;
    c.with().queries.deliveries(c.org(), std::move(wanted), page, list_of<delivery>(c, core::delivery_schema()));
  });
}

void handle_one(const call& c, incident_verb verb, const std::string& note, std::optional<timestamp> as_of) {
  with_incident(c, [c, verb, note, as_of](const incident& x) {
    if (x.state == incident_state::resolved)
      return c.refuse({errc::conflict, "The incident is already resolved.", {}, {}, {}});
    auto [by, reply] = c.write<incident>([c](const incident& y) { return c.shown(y, *core::incident_schema()); });
    c.with().engine.tell(handle_incident{c.org(), x.monitor, x.id, verb, note, std::move(by), std::move(reply), as_of});
  });
}

void escalate(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = c.optional_body(*core::escalate_action_schema());
  if (!wanted)
    return;
  if (wanted->as_of && *wanted->as_of > c.with().clock.now())
    return c.refuse({errc::invalid,
                     "The request body is not valid.",
                     {{"/as_of", "out_of_range", "Must not be in the future."}},
                     {},
                     {}});
  handle_one(c, incident_verb::escalate, wanted->note.value_or(""), wanted->as_of);
}

std::function<void(call)> handle(incident_verb verb) {
  return [verb](call c) {
    if (refused_parameters(c))
      return;
    auto wanted = c.optional_body(*core::incident_action_schema());
    if (!wanted)
      return;
    handle_one(c, verb, wanted->note.value_or(""), {});
  };
}

} // namespace

operations incident_operations() {
  auto type = core::incident_schema()->info();
  operation_table add{incidents};
  add("GET", "", "listIncidents", false, "List incidents",
      "A page of the incidents that meet every filter, newest first. What was resolved before your plan's history "
      "begins "
      "is not shown, by no operation (`history_days` of `GET /api/limits`).",
      {200, "A page of incidents.", type, true}, list)
      .query = filters();
  add("GET", "/{id}", "getIncident", false, "Get an incident", "One incident, open or past.",
      {200, "The incident.", type}, get);
  add("GET", "/{id}/timeline", "listIncidentTimeline", false, "Read an incident's timeline",
      "Everything that happened, oldest first, with who did it and the ids of rule, channel and delivery.",
      {200, "A page of entries.", core::timeline_entry_schema()->info(), true}, timeline)
      .query = list_parameters();
  add("GET", "/{id}/deliveries", "listIncidentDeliveries", false, "List an incident's deliveries",
      "What channels were and are owed about it, newest first.",
      {200, "A page of deliveries.", core::delivery_schema()->info(), true}, deliveries)
      .query = list_parameters();
  auto& ack = add("POST", "/{id}/acknowledge", "acknowledgeIncident", true, "Acknowledge an incident",
                  "Somebody is on it. Acknowledging twice changes nothing; a resolved incident is 409.",
                  {200, "The incident as it is now.", type}, handle(incident_verb::acknowledge));
  ack.body = body_spec{core::incident_action_schema()->info(), core::schema_use::request,
                       R"({"note":"Looking at the load balancer."})", false};
  ack.problems = {409};
  auto& resolve =
      add("POST", "/{id}/resolve", "resolveIncident", true, "Resolve an incident",
          "Closes it by hand. The monitor keeps its status; its next failure after a recovery opens another.",
          {200, "The incident as it is now.", type}, handle(incident_verb::resolve));
  resolve.body = body_spec{core::incident_action_schema()->info(), core::schema_use::request,
                           R"({"note":"Planned work."})", false};
  resolve.problems = {409};
  auto& back = add("POST", "/{id}/unacknowledge", "unacknowledgeIncident", true, "Take an acknowledgement back",
                   "Triggered again: each escalation tells the step that it told last again, at once, and goes on from "
                   "there. Nothing changes where nobody has acknowledged it; a resolved incident is 409.",
                   {200, "The incident as it is now.", type}, handle(incident_verb::unacknowledge));
  back.body = body_spec{core::incident_action_schema()->info(), core::schema_use::request,
                        R"({"note":"I have to hand this over."})", false};
  back.problems = {409};
  auto& next = add("POST", "/{id}/escalate", "escalateIncident", true, "Escalate an incident",
                   "The next step of each escalation is told at once. An incident that somebody has taken, or that is "
                   "snoozed, is triggered again. With `as_of`, only what has not moved since, so it is safe to send "
                   "twice. 409 when there is no further step, or it is resolved.",
                   {200, "The incident as it is now.", type}, escalate);
  next.body = body_spec{core::escalate_action_schema()->info(), core::schema_use::request,
                        R"({"note":"I cannot reach the console."})", false};
  next.problems = {409};
  return std::move(add.all);
}

} // namespace gochron::http
