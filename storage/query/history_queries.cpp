#include <algorithm>
#include <cstring>

#include "storage/query/query_repository.hpp"
#include "storage/refusals.hpp"

namespace gochron::storage {
namespace {

const std::string from_changes = R"(FROM status_changes c
WHERE c.org_id = $1 AND c.monitor_id = $2 AND c.effective_at >= $3 AND c.effective_at < $4)";

const std::string select_changes = "SELECT c.sequence, c.monitor_id, c.org_id, c.effective_at, c.decided_at, "
                                   "c.from_status, c.to_status, c.cause_code, c.cause_message, c.incident_id " +
                                   from_changes;

const std::string newest_first = " ORDER BY c.effective_at DESC, c.sequence DESC LIMIT $5::bigint";

const statement list_status_changes{"list_status_changes", select_changes + newest_first};

const statement list_status_changes_next{
    "list_status_changes_next", select_changes + " AND (c.effective_at, c.sequence) < ($6, $7::bigint)" + newest_first};

const statement changes_inside{"changes_inside", "SELECT c.effective_at, c.from_status, c.to_status " + from_changes +
                                                     " ORDER BY c.effective_at, c.sequence"};

const statement status_before{"status_before", R"(
SELECT (SELECT c.to_status FROM status_changes c
        WHERE c.org_id = $1 AND c.monitor_id = $2 AND c.effective_at < $3
        ORDER BY c.effective_at DESC, c.sequence DESC LIMIT 1)
FROM monitors m WHERE m.id = $2 AND m.org_id = $1)"};

const statement gaps_inside{"gaps_inside", R"(
SELECT greatest(from_at, $1), least(to_at, $2) FROM observation_gaps
WHERE from_at < $2 AND to_at > $1 ORDER BY from_at)"};

// What was planned for the monitor; of the selector by what it is now.
const statement planned_inside{"planned_inside", R"(
SELECT greatest(x.from_at, $3), least(x.to_at, $4)
FROM maintenance_stretches x JOIN monitors m ON m.id = $2 AND m.org_id = $1
WHERE x.org_id = $1 AND x.from_at < $4 AND x.to_at > $3 AND x.exclude_from_uptime AND (
  (x.monitor_ids = '{}' AND x.tags = '{}' AND x.types = '{}') OR m.id = ANY(x.monitor_ids) OR
  (NOT (x.tags = '{}' AND x.types = '{}') AND m.tags @> x.tags AND (x.types = '{}' OR m.type = ANY(x.types))))
ORDER BY x.from_at)"};

struct numbered_change {
  std::int64_t sequence = 0;
  status_change change;
};

numbered_change numbered_from_row(row_reader& in) {
  numbered_change x;
  in >> x.sequence;
  auto& c = x.change;
  in >> c.monitor >> c.org >> c.at >> c.decided_at >> c.from >> c.to >> c.cause.code >> c.cause.message >> c.incident;
  return x;
}

status_step step_from_row(row_reader& in) {
  status_step x;
  in >> x.at >> x.from >> x.to;
  return x;
}

// The second half of the position's id is the sequence.
uuid position_of(std::int64_t sequence) {
  uuid x;
  std::memcpy(x.bytes.data() + 8, &sequence, sizeof sequence);
  return x;
}

std::int64_t sequence_of(const uuid& x) {
  std::int64_t sequence = 0;
  std::memcpy(&sequence, x.bytes.data() + 8, sizeof sequence);
  return sequence;
}

page<status_change> changes_page(const rows& found, std::uint32_t limit) {
  auto numbered = make_page(map_rows(found, numbered_from_row), limit, [](const numbered_change& x) {
    return keyset{time_key(x.change.at), position_of(x.sequence)};
  });
  page<status_change> p{{}, std::move(numbered.next)};
  for (auto& x : numbered.rows)
    p.rows.push_back(std::move(x.change));
  return p;
}

observation_gap gap_from_row(row_reader& in) {
  observation_gap x;
  in >> x.from >> x.to;
  return x;
}

sql_result<result<status_history>> read_history(connection& db, org_id org, monitor_id id, timestamp from,
                                                timestamp to) {
  auto before = db.run(status_before, params{} << org << id << from);
  if (!before)
    return sql_fail(before.error());
  if (before->empty())
    return result<status_history>{fail(no_such("monitor"))};
  auto inside = db.run(changes_inside, params{} << org << id << from << to);
  if (!inside)
    return sql_fail(inside.error());
  auto gaps = db.run(gaps_inside, params{} << from << to);
  if (!gaps)
    return sql_fail(gaps.error());
  auto planned = db.run(planned_inside, params{} << org << id << from << to);
  if (!planned)
    return sql_fail(planned.error());
  status_history x;
  std::optional<monitor_status> known;
  row_reader{*before, 0} >> known;
  x.changes = map_rows(*inside, step_from_row);
  x.before = known ? *known : x.changes.empty() ? monitor_status::pending : x.changes.front().from;
  x.gaps = map_rows(*gaps, gap_from_row);
  x.planned = map_rows(*planned, gap_from_row);
  return result<status_history>{std::move(x)};
}

} // namespace

void query_repository::status_changes(org_id org, monitor_id id, std::optional<timestamp> from,
                                      std::optional<timestamp> to, page_request p, reply_to<page<status_change>> done) {
  auto after = time_position_of(p);
  if (!after)
    return done(fail(after.error()));
  params filter;
  filter << org << id << from.value_or(distant_past) << to.value_or(distant_future) << p.limit + 1;
  if (*after)
    filter << (*after)->at << sequence_of((*after)->id);
  const auto& list = *after ? list_status_changes_next : list_status_changes;
  using answer = sql_result<result<page<status_change>>>;
  auto body = [=, &list, limit = p.limit](connection& db) -> answer {
    auto present = db.run(status_before, params{} << org << id << distant_past);
    if (!present)
      return sql_fail(present.error());
    if (present->empty())
      return result<page<status_change>>{fail(no_such("monitor"))};
    auto found = db.run(list, filter);
    if (!found)
      return sql_fail(found.error());
    return result<page<status_change>>{changes_page(*found, limit)};
  };
  deps_.reads->read<page<status_change>>(std::move(done), std::move(body));
}

void query_repository::history(org_id org, monitor_id id, timestamp from, timestamp to, reply_to<status_history> done) {
  deps_.reads->read<status_history>(std::move(done),
                                    [=](connection& db) { return read_history(db, org, id, from, to); });
}

} // namespace gochron::storage
