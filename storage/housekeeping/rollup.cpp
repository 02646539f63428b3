#include "storage/housekeeping/rollup.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "storage/housekeeping/rollup_sql.hpp"
#include "storage/result/packing.hpp"

namespace gochron::storage {
namespace {

// Where the roll-ups begin: at the first result there is, or now.
const statement begin_watermark{"begin_watermark", R"(
INSERT INTO rollup_watermarks (grain, upto)
SELECT $1::text, date_trunc($1::text, least(coalesce((SELECT min(round_at) FROM check_results), $2), $2))
ON CONFLICT DO NOTHING)"};

const statement lock_watermark{"lock_watermark", "SELECT upto FROM rollup_watermarks WHERE grain = $1 FOR UPDATE"};
const statement read_watermark{"read_watermark", "SELECT upto FROM rollup_watermarks WHERE grain = $1"};
const statement move_watermark{"move_watermark", "UPDATE rollup_watermarks SET upto = $2 WHERE grain = $1"};

const statement take_dirty{"take_dirty", R"(
DELETE FROM rollup_dirty WHERE grain = $1 AND bucket IN (
  SELECT bucket FROM rollup_dirty WHERE grain = $1 ORDER BY bucket LIMIT $2::bigint)
RETURNING bucket)"};

const statement mark_coarser{"mark_coarser", R"(
WITH mark AS (SELECT upto FROM rollup_watermarks WHERE grain = $1)
INSERT INTO rollup_dirty (grain, bucket)
SELECT DISTINCT $1::text, date_trunc($2::text, b.bucket) FROM unnest($3::timestamptz[]) b (bucket), mark
WHERE date_trunc($2::text, b.bucket) < mark.upto
ON CONFLICT DO NOTHING)"};

struct step {
  const rollup_grain* grain;
  std::chrono::minutes bucket;
  timestamp closed; ///< buckets that end here or earlier may be rolled up
  std::int64_t most;
};

sql_result<timestamp> one_time(const sql_result<rows>& found) {
  if (!found)
    return sql_fail(found.error());
  timestamp at{};
  if (!found->empty())
    row_reader{*found, 0} >> at;
  return at;
}

timestamp bucket_from_row(row_reader& in) {
  timestamp at{};
  in >> at;
  return at;
}

std::set<day> days_of(const std::vector<timestamp>& buckets) {
  std::set<day> days;
  for (auto b : buckets)
    days.insert(day_of(b));
  return days;
}

sql_status redo_dirty(connection& db, const step& s) {
  auto taken = db.run(take_dirty, params{} << s.grain->name << s.most);
  if (!taken)
    return sql_fail(taken.error());
  auto buckets = map_rows(*taken, bucket_from_row);
  if (s.bucket == std::chrono::minutes{1}) // the grain that is made of results
    for (auto d : days_of(buckets))
      if (auto whole = unpack_late(db, d); !whole)
        return whole;
  for (auto b : buckets)
    if (auto filled = db.run(s.grain->fill, params{} << b << b + s.bucket); !filled)
      return sql_fail(filled.error());
  if (buckets.empty() || !s.grain->coarser)
    return {};
  auto marked = db.run(mark_coarser, params{} << s.grain->coarser << s.grain->coarser_unit << buckets);
  return marked ? sql_status{} : sql_fail(marked.error());
}

// New buckets from the watermark on. True when more are closed than were done.
sql_result<bool> do_next(connection& db, const step& s) {
  auto from = one_time(db.run(lock_watermark, params{} << s.grain->name));
  if (!from)
    return sql_fail(from.error());
  auto count = (s.closed - *from) / s.bucket;
  auto to = *from + s.bucket * std::min<std::int64_t>(count, s.most);
  if (to <= *from)
    return false;
  if (auto filled = db.run(s.grain->fill, params{} << *from << to); !filled)
    return sql_fail(filled.error());
  if (auto moved = db.run(move_watermark, params{} << s.grain->name << to); !moved)
    return sql_fail(moved.error());
  return count > s.most;
}

sql_result<bool> in_transaction(connection& db, const step& s, timestamp now) {
  if (auto begun = db.run(begin_watermark, params{} << s.grain->name << now); !begun)
    return sql_fail(begun.error());
  if (auto begun = db.execute("BEGIN"); !begun)
    return sql_fail(begun.error());
  auto more = do_next(db, s);
  auto redone = more ? redo_dirty(db, s) : sql_status{};
  if (more && redone) {
    auto committed = db.execute("COMMIT");
    return committed ? more : sql_fail(committed.error());
  }
  auto undone = db.execute("ROLLBACK");
  return sql_fail(!undone ? undone.error() : !more ? more.error() : redone.error());
}

} // namespace

sql_result<bool> roll_up(connection& db, timestamp now, const rollup_options& options) {
  using namespace std::chrono_literals;
  auto minutes = in_transaction(db, {&minute_grain(), 1min, now - options.settle, options.most.count()}, now);
  if (!minutes)
    return minutes;
  bool more = *minutes;
  auto closed = one_time(db.run(read_watermark, params{} << minute_grain().name));
  if (!closed)
    return sql_fail(closed.error());
  for (const auto& s : {step{&hour_grain(), 60min, *closed, 48}, step{&day_grain(), 1440min, *closed, 30}}) {
    auto bounded = s;
    bounded.closed = *closed;
    auto done = in_transaction(db, bounded, now);
    if (!done)
      return done;
    more = more || *done;
    closed = one_time(db.run(read_watermark, params{} << s.grain->name));
    if (!closed)
      return sql_fail(closed.error());
  }
  return more;
}

int latency_bin(std::int64_t ms) {
  return static_cast<int>(std::floor(std::log(static_cast<double>(std::max<std::int64_t>(ms, 1))) / std::log(1.2)));
}

} // namespace gochron::storage
