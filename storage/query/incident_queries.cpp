#include "storage/escalation/escalation_rows.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/query/paging.hpp"
#include "storage/query/query_repository.hpp"

namespace gochron::storage {
namespace {

const paged_statement& list_incidents() {
  static const paged_statement s{"list_incidents",
                                 "list_incidents_next",
                                 "SELECT" + incident_columns() + R"(
FROM incidents i
WHERE i.org_id = $1 AND ($2::uuid[] IS NULL OR i.id = ANY($2::uuid[]))
  AND ($3::text[] IS NULL OR i.state = ANY($3::text[])) AND ($4::text[] IS NULL OR i.severity = ANY($4::text[]))
  AND ($5::uuid IS NULL OR i.monitor_id = $5::uuid) AND i.opened_at >= $6 AND i.opened_at < $7
  AND (i.resolved_at IS NULL OR i.resolved_at >= $8)
  AND ($9::uuid IS NULL OR EXISTS (SELECT FROM escalations e WHERE e.incident_id = i.id AND e.org_id = $1
    AND e.policy_id = $9::uuid))
  AND ($10::text IS NULL OR i.dedup_key = $10::text) AND ($11::text IS NULL OR i.acknowledged_by = $11::text)
  AND ($12::text IS NULL OR strpos(lower(i.title), lower($12::text)) > 0))",
                                 "i.opened_at",
                                 "i.id",
                                 "timestamptz",
                                 true,
                                 13};
  return s;
}

const paged_statement& list_timeline() {
  static const paged_statement s{"list_timeline", "list_timeline_next", R"(
SELECT t.id, t.incident_id, t.org_id, t.at, t.kind, t.actor, coalesce(n.text, t.message), t.rule_id, t.channel_id,
  t.delivery_id, t.policy_id, t.user_id, n.id
FROM incident_timeline t LEFT JOIN incident_notes n ON n.id = t.id AND n.org_id = t.org_id
WHERE t.org_id = $1 AND t.incident_id = $2)", "t.at", "t.id", "timestamptz", false, 3};
  return s;
}

timeline_entry timeline_from_row(row_reader& in) {
  timeline_entry x;
  in >> x.id >> x.incident >> x.org >> x.at >> x.kind >> x.actor >> x.message >> x.rule >> x.channel >> x.delivery >>
      x.policy >> x.user >> x.note;
  return x;
}

sql_result<status> add_escalations(connection& db, std::vector<incident>& to) {
  std::vector<incident_id> ids;
  for (const auto& x : to)
    ids.push_back(x.id);
  auto found = escalations_of(db, ids);
  if (!found)
    return sql_fail(found.error());
  if (!*found)
    return status{fail(found->error())};
  for (auto& x : **found)
    if (auto of = std::ranges::find(to, x.incident, &incident::id); of != to.end())
      of->escalations.push_back(std::move(x));
  return status{};
}

} // namespace

void query_repository::incidents(org_id org, incident_query q, page_request p, reply_to<page<incident>> done) {
  params filter;
  filter << org << unless_empty(std::move(q.ids)) << names_unless_empty(q.states) << names_unless_empty(q.severities);
  filter << q.monitor << q.from.value_or(distant_past) << q.to.value_or(distant_future)
         << q.horizon.value_or(distant_past) << q.policy << q.dedup_key << q.acknowledged_by << q.part;
  auto key_of = [](const incident& x) { return keyset{time_key(x.opened_at), x.id.value}; };
  read_page(*deps_.reads, list_incidents(), filter, p, std::move(done), incident_from_row, key_of, add_escalations);
}

void query_repository::timeline(org_id org, incident_id id, page_request p, reply_to<page<timeline_entry>> done) {
  auto filter = params{} << org << id;
  read_page(*deps_.reads, list_timeline(), filter, p, std::move(done), timeline_from_row, [](const timeline_entry& x) {
    return keyset{time_key(x.at), x.id.value};
  });
}

} // namespace gochron::storage
