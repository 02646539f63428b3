#include "core/explanation.hpp"
#include "core/schema/explanation.hpp"
#include "core/schema/incident_documents.hpp"
#include "http/incident_lookup.hpp"

/// What can be learned of incidents: how they were handled, and why somebody was told of one.
namespace gochron::http {
namespace {

const noun incidents{"/api/incidents", "Incidents", "incidents"};

constexpr std::uint32_t most_of_each = 1'000;
constexpr auto longest_range = std::chrono::hours{24 * 366};

const std::vector<parameter>& metrics_parameters() {
  static const std::vector<parameter> all{
      time_parameter("from", "Opened at or after this time; 30 days before `to` when absent. At most 366 days."),
      time_parameter("to", "Opened before this time; now when absent or in the future."),
      {"group_by", "One set of figures for each.",
       R"({"type":"string","enum":["monitor","policy","acknowledged_by","severity"]})"},
      id_parameter<monitor_id>("monitor_id", "Only of this monitor."),
  };
  return all;
}

void metrics(call c) {
  query_reader q{c};
  response_metrics_query wanted;
  auto now = c.with().clock.now();
  wanted.to = std::min(q.time("to").value_or(now), now);
  wanted.from = q.time("from").value_or(wanted.to - std::chrono::hours{24 * 30});
  wanted.monitor = q.id<monitor_id>("monitor_id");
  wanted.horizon = horizon_of(c);
  if (auto name = q.text("group_by")) {
    wanted.by = core::parse_name<metrics_group>(*name);
    if (!wanted.by)
      q.wrong("group_by", "not_one_of", "One of monitor, policy, acknowledged_by, severity.");
  }
  if (wanted.from >= wanted.to)
    q.wrong("from", "out_of_range", "Not before `to`, or in the future.");
  else if (wanted.to - wanted.from > longest_range)
    q.wrong("from", "out_of_range", "At most 366 days at once.");
  if (auto e = q.problem(metrics_parameters()))
    return c.refuse(*e);
  c.with().queries.response_metrics(
      c.org(), std::move(wanted),
      reply_to<response_metrics>{[c](result<response_metrics> x) { c.one(x, *core::response_metrics_schema()); }});
}

// -- explain: one thing read after the other --------------------------------------------------------------------------

using input = std::shared_ptr<core::explanation_input>;

// Goes on when the page is in `x`.
template <class T, class F>
reply_to<page<T>> keep(const call& c, const input& x, std::vector<T> core::explanation_input::*where, F go_on) {
  return reply_to<page<T>>{[=](result<page<T>> found) {
    if (!found)
      return c.refuse(found.error());
    x->truncated = x->truncated || found->next.has_value();
    (*x).*where = std::move(found->rows);
    go_on(c, x);
  }};
}

void finish(const call& c, const input& x) {
  for (const auto& id : core::users_of(*x))
    if (auto user = c.with().engine.user(c.org(), id))
      x->users.push_back({id, user->spec.name});
  c.one(result<core::explanation>{core::explain(*x)}, *core::explanation_schema());
}

void read_contact_methods(const call& c, const input& x) {
  c.with().queries.contact_methods(c.org(), {}, {most_of_each, {}},
                                   keep(c, x, &core::explanation_input::contact_methods, finish));
}

// Nobody is told by those of others: where no person was told they are not read.
void read_people(const call& c, const input& x) {
  if (core::users_of(*x).empty())
    return finish(c, x);
  c.with().queries.notification_rules(c.org(), {}, {most_of_each, {}},
                                      keep(c, x, &core::explanation_input::notification_rules, read_contact_methods));
}

void read_deliveries(const call& c, const input& x) {
  delivery_query wanted;
  wanted.incident = x->about.id;
  c.with().queries.deliveries(c.org(), std::move(wanted), {most_of_each, {}},
                              keep(c, x, &core::explanation_input::deliveries, read_people));
}

void read_timeline(const call& c, const input& x) {
  c.with().queries.timeline(c.org(), x->about.id, {most_of_each, {}},
                            keep(c, x, &core::explanation_input::timeline, read_deliveries));
}

void read_policies(const call& c, const input& x) {
  c.with().queries.policies(c.org(), {}, {most_of_each, {}},
                            keep(c, x, &core::explanation_input::policies, read_timeline));
}

void read_channels(const call& c, const input& x) {
  c.with().queries.channels(c.org(), {}, {most_of_each, {}},
                            keep(c, x, &core::explanation_input::channels, read_policies));
}

void read_rules(const call& c, const input& x) {
  c.with().queries.rules(c.org(), {}, {most_of_each, {}}, keep(c, x, &core::explanation_input::rules, read_channels));
}

void explain(call c) {
  if (refused_parameters(c))
    return;
  with_incident(c, [c](const incident& about) {
    auto x = std::make_shared<core::explanation_input>();
    x->about = about;
    x->at = c.with().clock.now();
    auto monitor = [c, x](result<monitor_view> now) {
      if (!now && now.error().code != errc::not_found)
        return c.refuse(now.error());
      if (now)
        x->monitor = std::move(now->record.spec);
      read_rules(c, x);
    };
    c.with().engine.tell(get_monitor{c.org(), about.monitor, reply_to<monitor_view>{std::move(monitor)}});
  });
}

} // namespace

operations incident_report_operations() {
  operation_table add{incidents};
  add("GET", "/metrics", "getIncidentMetrics", false, "Measure the response",
      "How many incidents opened, and how long it took until somebody acknowledged them and until they were over. What "
      "was resolved before your plan's history begins is not counted (`history_days` of `GET /api/limits`).",
      {200, "The figures.", core::response_metrics_schema()->info()}, metrics)
      .query = metrics_parameters();
  add("GET", "/{id}/explain", "explainIncident", false, "Explain who was told",
      "Every rule of the organisation with what it has to do with the incident, every escalation step with whom it "
      "told "
      "or why it told nobody, and every delivery with how that went. `recorded` is from when it happened. `present` is "
      "the configuration of now, judged by what was recorded of the opening: conditions with the values seen, "
      "maintenance, mutes and hours, dependencies and flapping, grouping, notification rules. A rule that was edited "
      "since says so.",
      {200, "The explanation.", core::explanation_schema()->info()}, explain);
  return std::move(add.all);
}

} // namespace gochron::http
