#include "core/schema/incident_documents.hpp"
#include "http/incident_lookup.hpp"

/// What people write about incidents: notes and post-mortems.
namespace gochron::http {
namespace {

const noun incidents{"/api/incidents", "Incidents", "incidents"};

constexpr std::uint32_t most_lines = 1'000; // of a timeline, in a draft

constexpr auto example_note = R"({"text":"Restarted the pool; queries are fast again."})";
constexpr auto example_postmortem = R"({"summary":"The shop answered 502 for twelve minutes.",)"
                                    R"("impact":"About 400 orders were not taken.",)"
                                    R"("root_cause":"The connection pool had no upper bound.",)"
                                    R"("actions":["Bound the pool","Alert at 80 %"]})";

std::string path_of(const incident_note& x) {
  return "/api/incidents/" + x.incident.str() + "/notes/" + x.id.str();
}

void list_notes(call c) {
  query_reader q{c};
  auto page = q.page();
  if (auto e = q.problem(list_parameters()))
    return c.refuse(*e);
  with_incident(c, [c, page](const incident& x) {
    c.with().queries.notes(c.org(), x.id, page, list_of<incident_note>(c, core::incident_note_schema()));
  });
}

void create_one_note(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::note_request_schema(), *c.request().body);
  if (!wanted && wanted.error().code != errc::invalid)
    return c.refuse(wanted.error());
  with_incident(c, [c, wanted](const incident& x) {
    if (!wanted)
      return c.refuse(wanted.error());
    auto [by, reply] = c.write<incident_note>(
        [c](const incident_note& y) { return c.created(y, *core::incident_note_schema(), path_of(y), std::nullopt); });
    incident_note row;
    row.org = c.org();
    row.incident = x.id;
    row.text = wanted->text;
    c.with().engine.tell(create_note{std::move(row), std::move(by), std::move(reply)});
  });
}

// The incident first: what is hidden from the plan's history is hidden with its notes.
template <class F>
void with_note(const call& c, F f) {
  if (refused_parameters(c))
    return;
  auto id = c.id<note_id>("note_id");
  if (id)
    with_incident(c, [c, f, id = *id](const incident& x) { f(x.id, id); });
}

void edit_one_note(call c) {
  auto wanted = core::read_body(*core::note_request_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  with_note(c, [c, text = wanted->text](incident_id of, note_id id) {
    auto [by, reply] =
        c.write<incident_note>([c](const incident_note& y) { return c.shown(y, *core::incident_note_schema()); });
    incident_note row;
    row.org = c.org();
    row.incident = of;
    row.id = id;
    row.text = text;
    c.with().engine.tell(edit_note{std::move(row), std::move(by), std::move(reply)});
  });
}

void remove_one_note(call c) {
  with_note(c, [c](incident_id of, note_id id) {
    c.with().engine.tell(remove_note{c.org(), of, id, c.by(), c.done()});
  });
}

void get_postmortem(call c) {
  if (refused_parameters(c))
    return;
  with_incident(c, [c](const incident& x) {
    auto found = [c](result<std::optional<postmortem>> y) {
      if (!y)
        return c.refuse(y.error());
      if (!*y)
        return c.refuse({errc::not_found, "The incident has no post-mortem.", {}, {}, {}});
      c.one(result<postmortem>{std::move(**y)}, *core::postmortem_schema());
    };
    c.with().queries.postmortem_of(c.org(), x.id, reply_to<std::optional<postmortem>>{std::move(found)});
  });
}

void put_postmortem(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::postmortem_spec_schema(), *c.request().body);
  if (!wanted && wanted.error().code != errc::invalid)
    return c.refuse(wanted.error());
  with_incident(c, [c, wanted](const incident& x) {
    if (!wanted)
      return c.refuse(wanted.error());
    auto [by, reply] = c.write<postmortem>([c](const postmortem& y) { return c.shown(y, *core::postmortem_schema()); });
    postmortem row;
    row.org = c.org();
    row.incident = x.id;
    row.spec = *wanted;
    c.with().engine.tell(write_postmortem{std::move(row), std::move(by), std::move(reply)});
  });
}

void drop_postmortem(call c) {
  if (refused_parameters(c))
    return;
  with_incident(c, [c](const incident& x) {
    c.with().engine.tell(remove_postmortem{c.org(), x.id, c.by(), c.done()});
  });
}

void draft(call c) {
  if (refused_parameters(c))
    return;
  with_incident(c, [c](const incident& x) {
    auto read = [c, x](result<page<timeline_entry>> lines) {
      if (!lines)
        return c.refuse(lines.error());
      c.one(result<core::postmortem_draft>{core::draft_postmortem(x, lines->rows, lines->next.has_value())},
            *core::postmortem_draft_schema());
    };
    c.with().queries.timeline(c.org(), x.id, {most_lines, {}}, reply_to<page<timeline_entry>>{std::move(read)});
  });
}

void add_notes(operation_table& add) {
  auto type = core::incident_note_schema()->info();
  add("GET", "/{id}/notes", "listIncidentNotes", false, "List an incident's notes",
      "Oldest first. Each is a line of the timeline, too.", {200, "A page of notes.", type, true}, list_notes)
      .query = list_parameters();
  auto& post = add("POST", "/{id}/notes", "createIncidentNote", true, "Write a note",
                   "About an incident that is open or past; 1,000 fit on one.",
                   {201, "The note, with its `Location`.", type}, create_one_note);
  post.body = body_spec{core::note_request_schema()->info(), core::schema_use::request, example_note, true};
  auto& patch =
      add("PATCH", "/{id}/notes/{note_id}", "updateIncidentNote", true, "Change a note",
          "The timeline shows it as it is now; the audit log what it was.", {200, "The note.", type}, edit_one_note);
  patch.body = body_spec{core::note_request_schema()->info(), core::schema_use::request, example_note, true};
  add("DELETE", "/{id}/notes/{note_id}", "deleteIncidentNote", true, "Delete a note",
      "Its line in the timeline then says that there was one.", {204, "It is gone.", nullptr}, remove_one_note);
}

void add_postmortems(operation_table& add) {
  auto type = core::postmortem_schema()->info();
  add("GET", "/{id}/postmortem", "getIncidentPostmortem", false, "Get a post-mortem", "404 until one is written.",
      {200, "The post-mortem.", type}, get_postmortem);
  auto& put = add("PUT", "/{id}/postmortem", "putIncidentPostmortem", true, "Write a post-mortem",
                  "Makes it, or replaces the whole of it.", {200, "The post-mortem.", type}, put_postmortem);
  put.body = body_spec{core::postmortem_spec_schema()->info(), core::schema_use::request, example_postmortem, true};
  add("DELETE", "/{id}/postmortem", "deleteIncidentPostmortem", true, "Delete a post-mortem", "404 without one.",
      {204, "It is gone.", nullptr}, drop_postmortem);
  add("GET", "/{id}/postmortem/draft", "draftIncidentPostmortem", false, "Draft a post-mortem",
      "What is recorded, as a Markdown document to begin with. Nothing is stored.",
      {200, "The draft.", core::postmortem_draft_schema()->info()}, draft);
}

} // namespace

operations incident_document_operations() {
  operation_table add{incidents};
  add_notes(add);
  add_postmortems(add);
  for (auto& op : add.all)
    op.of_a_part = true;
  return std::move(add.all);
}

} // namespace gochron::http
