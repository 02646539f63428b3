#include "storage/feed/feed_repository.hpp"

#include <algorithm>

#include "core/event_filter.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {
namespace {

// Of how many rows one page asks what is not in a column, and how many come at once.
constexpr std::uint32_t most_looked_at = 5000, piece = 500;

const statement feed_rows{"feed_rows", R"(
SELECT e.id, e.org_id, e.type, e.incident_id, e.sequence, e.at, e.body, e.position
FROM events e
WHERE e.org_id = $1 AND e.position > $2 AND e.position <= $3
  AND ($4::text[] IS NULL OR e.type = ANY($4::text[])) AND ($5::uuid IS NULL OR e.incident_id = $5::uuid)
  AND e.at >= $6 AND e.at < $7
ORDER BY e.position LIMIT $8::bigint)"};

const statement feed_horizon{"feed_horizon", R"(
SELECT coalesce((SELECT position FROM event_horizons WHERE org_id = $1), 0))"};

const statement feed_ends{"feed_ends", R"(
SELECT o.id, coalesce(greatest(e.position, h.position), 0)
FROM organizations o
LEFT JOIN LATERAL (
  SELECT position FROM events WHERE org_id = o.id ORDER BY position DESC LIMIT 1) e ON true
LEFT JOIN event_horizons h ON h.org_id = o.id)"};

event event_from_row(row_reader& in) {
  event x;
  std::string body;
  in >> x.id >> x.org >> x.type >> x.incident >> x.sequence >> x.at >> body >> x.position;
  x.body = std::make_shared<const std::string>(std::move(body));
  return x;
}

sql_result<rows> next_rows(connection& db, org_id org, const event_query& q, std::int64_t after, std::int64_t upto,
                           std::uint32_t limit) {
  params p;
  p << org << after << upto << names_unless_empty(q.only.types) << q.only.incident << q.from.value_or(distant_past);
  p << q.to.value_or(distant_future) << limit;
  return db.run(feed_rows, p);
}

// False when the page is full, and `x` did not fit any more.
bool takes(event_page& page, const event_query& q, event x) {
  if (core::asks_for_subject(q.only) && !core::matches(q.only, x, core::subject_of(*x.body)))
    return true;
  if (page.rows.size() == q.limit) {
    page.reached = page.rows.back().position;
    page.more = true;
    return false;
  }
  page.rows.push_back(std::move(x));
  return true;
}

sql_status fill(connection& db, org_id org, const event_query& q, std::int64_t upto, event_page& page) {
  auto step = core::asks_for_subject(q.only) ? piece : q.limit + 1;
  for (std::uint32_t seen = 0; page.reached < upto; seen += step) {
    if (seen >= most_looked_at) {
      page.more = true;
      return {};
    }
    auto found = next_rows(db, org, q, page.reached, upto, step);
    if (!found)
      return sql_fail(found.error());
    for (auto& x : map_rows(*found, event_from_row)) {
      page.reached = x.position;
      if (!takes(page, q, std::move(x)))
        return {};
    }
    if (static_cast<std::uint32_t>(found->size()) < step)
      page.reached = upto;
  }
  return {};
}

sql_result<result<event_page>> read_feed(connection& db, org_id org, const event_query& q, std::int64_t upto) {
  event_page page;
  page.reached = q.after;
  if (q.from) // an event's position is never below its time
    page.reached = std::max(q.after, std::chrono::microseconds{q.from->time_since_epoch()}.count() - 1);
  if (auto filled = fill(db, org, q, upto, page); !filled)
    return sql_fail(filled.error());
  if (q.after == 0)
    return result<event_page>{std::move(page)};
  // Last, so that what went while we read is told as well.
  auto horizon = db.run(feed_horizon, params{} << org);
  if (!horizon)
    return sql_fail(horizon.error());
  row_reader{*horizon, 0} >> page.forgotten;
  return result<event_page>{std::move(page)};
}

} // namespace

void feed_repository::read(read_pool& on, org_id org, event_query q, reply_to<event_page> done) {
  on.read<event_page>(std::move(done), [this, org, q = std::move(q)](connection& db) {
    return read_feed(db, org, q, log_.visible(org));
  });
}

sql_status load_feed(const std::string& conninfo, feed_log& log) {
  auto db = connection::open(conninfo);
  if (!db)
    return sql_fail(db.error());
  auto found = (*db)->run(feed_ends);
  if (!found)
    return sql_fail(found.error());
  for (int i = 0; i < found->size(); ++i) {
    org_id org;
    std::int64_t last = 0;
    row_reader{*found, i} >> org >> last;
    log.start_after(org, last);
  }
  return {};
}

} // namespace gochron::storage
