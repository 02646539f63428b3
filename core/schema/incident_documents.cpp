#include "core/schema/incident_documents.hpp"

#include "core/schema/common.hpp"

namespace gochron::core {
namespace {

constexpr std::string_view some_instant = R"("2026-01-31T12:00:00.000Z")";
constexpr std::string_view some_note = R"("Restarted the pool; queries are fast again.")";
constexpr std::size_t largest_note = 10'240;
constexpr std::size_t largest_text = 32'768;

object_ptr<duration_figures> duration_figures_schema() {
  auto s = std::make_shared<object_schema<duration_figures>>("DurationFigures", "Of a time in seconds.");
  s->property("count", &duration_figures::count, count<std::int64_t>(),
              {.doc = "Of how many incidents: those where it has ended.", .example = "12", .read_only = true});
  s->property("mean_seconds", &duration_figures::mean, number(),
              {.doc = "The mean; null without any.", .example = "184.5", .read_only = true});
  s->property("median_seconds", &duration_figures::median, number(),
              {.doc = "Half of them took no longer.", .example = "95.0", .read_only = true});
  s->property("p95_seconds", &duration_figures::p95, number(),
              {.doc = "95 in a hundred took no longer.", .example = "610.0", .read_only = true});
  return s;
}

object_ptr<response_figures> response_figures_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<response_figures>>("ResponseFigures", "How incidents were handled.");
    s->property("key", &response_figures::key, any_text(),
                {.doc = "What the group has in common: an id, an actor or a severity. Null: nobody, none, or all.",
                 .example = "null",
                 .read_only = true});
    s->property("incidents", &response_figures::incidents, count<std::int64_t>(),
                {.doc = "How many opened.", .example = "14", .read_only = true});
    s->property("open", &response_figures::open, count<std::int64_t>(),
                {.doc = "How many of them are not resolved yet.", .example = "1", .read_only = true});
    auto figures = duration_figures_schema();
    s->property("to_acknowledge", &response_figures::to_acknowledge, figures,
                {.doc = "From the opening to the first acknowledgement.", .read_only = true});
    s->property("to_resolve", &response_figures::to_resolve, figures,
                {.doc = "From the opening to the end.", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace

object_ptr<incident_note> incident_note_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<incident_note>>("IncidentNote", "What somebody noted about an incident.");
    s->property("id", &incident_note::id, identifier<note_id>(), {.doc = "Given by us.", .read_only = true});
    s->property("incident_id", &incident_note::incident, identifier<incident_id>(),
                {.doc = "About which.", .read_only = true});
    s->property("author", &incident_note::author, any_text(),
                {.doc = "Who wrote it.", .example = R"("token:tok_01jd9e6h6gf4g8w1q6v5q8z3ab")", .read_only = true});
    s->property("text", &incident_note::text, any_text(),
                {.doc = "Markdown.", .example = some_note, .read_only = true});
    s->property("created_at", &incident_note::created_at, instant(),
                {.doc = "When it was written.", .example = some_instant, .read_only = true});
    s->property("updated_at", &incident_note::updated_at, instant(),
                {.doc = "When it was last changed.", .example = some_instant, .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<note_request> note_request_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<note_request>>("IncidentNoteRequest", "A note to be written.");
    s->property("text", &note_request::text, text({.min = 1, .max = largest_note}),
                {.doc = "Markdown, at most 10,240 characters.", .example = some_note, .required = true});
    return s;
  }();
  return schema;
}

object_ptr<postmortem_spec> postmortem_spec_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<postmortem_spec>>("PostmortemRequest", "What was learned of an incident.");
    s->property("summary", &postmortem_spec::summary, text({.max = largest_text}),
                {.doc = "What happened. Markdown, at most 32,768 characters, as the next two.",
                 .example = R"("The shop answered 502 for twelve minutes.")"});
    s->property("impact", &postmortem_spec::impact, text({.max = largest_text}),
                {.doc = "Whom it hit, and how much.", .example = R"("About 400 orders were not taken.")"});
    s->property("root_cause", &postmortem_spec::root_cause, text({.max = largest_text}),
                {.doc = "Why.", .example = R"("The connection pool had no upper bound.")"});
    s->property("actions", &postmortem_spec::actions,
                array_of<std::string>(text({.min = 1, .max = 2'048}), {.max = 100}),
                {.doc = "What is to be done about it, in order.", .example = R"(["Bound the pool","Alert at 80 %"])"});
    return s;
  }();
  return schema;
}

object_ptr<postmortem> postmortem_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<postmortem>>("Postmortem", "What was learned of an incident.");
    s->property("incident_id", &postmortem::incident, identifier<incident_id>(),
                {.doc = "Of which.", .read_only = true});
    s->embed(
        *postmortem_spec_schema(), [](auto& x) -> auto& { return x.spec; });
    s->property(
        "author", &postmortem::author, any_text(),
        {.doc = "Who wrote it last.", .example = R"("token:tok_01jd9e6h6gf4g8w1q6v5q8z3ab")", .read_only = true});
    s->property("created_at", &postmortem::created_at, instant(),
                {.doc = "When it was first written.", .example = some_instant, .read_only = true});
    s->property("updated_at", &postmortem::updated_at, instant(),
                {.doc = "When it was last written.", .example = some_instant, .read_only = true});
    return s;
  }();
  return schema;
}

object_ptr<postmortem_draft> postmortem_draft_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<postmortem_draft>>("PostmortemDraft",
                                                               "A post-mortem to begin with, from what is recorded.");
    s->property("summary", &postmortem_draft::summary, any_text(),
                {.doc = "What happened, in a sentence or two.", .example = R"("Shop front page was down.")"});
    s->property("impact", &postmortem_draft::impact, any_text(),
                {.doc = "How long it took.", .example = R"("From 12:00 to 12:12.")"});
    s->property("markdown", &postmortem_draft::markdown, any_text(),
                {.doc = "A whole document: facts, the timeline with its notes, and headings for what only you know.",
                 .example = R"("# Shop front page is down\n")"});
    s->property("truncated", &postmortem_draft::truncated, boolean(),
                {.doc = "Whether the timeline has more lines than fit.", .example = "false"});
    return s;
  }();
  return schema;
}

object_ptr<response_metrics> response_metrics_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<response_metrics>>("ResponseMetrics", "How incidents were handled.");
    s->property("from", &response_metrics::from, instant(), {.doc = "Opened from then on.", .example = some_instant});
    s->property("to", &response_metrics::to, instant(), {.doc = "Opened before then.", .example = some_instant});
    s->property("group_by", &response_metrics::by, enumeration<metrics_group>(),
                {.doc = "What the groups have in common.", .example = R"("severity")"});
    s->property("total", &response_metrics::total, response_figures_schema(), {.doc = "Of all of them."});
    s->property("groups", &response_metrics::groups,
                array_of<response_figures>(response_figures_schema(),
                                           {.max = static_cast<std::size_t>(response_metrics::most_groups)}),
                {.doc = "The largest first; empty without `group_by`. An incident that climbed several policies counts "
                        "in each of their groups."});
    s->property("truncated", &response_metrics::truncated, boolean(),
                {.doc = "Whether there are more groups.", .example = "false"});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
