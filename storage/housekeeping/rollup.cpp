#include "storage/housekeeping/rollup.hpp"

#include <algorithm>
#include <cmath>

#include "storage/housekeeping/rollup_sql.hpp"
#include "storage/result/packing.hpp"

namespace gochron::storage {
namespace {

// Where the roll-ups begin: at the first result there is, or now.
const statement begin_watermark{"begin_watermark", R"(
INSERT INTO rollup_watermarks (grain, upto)
SELECT $1::text, date_trunc($1::text, least(coalesce((SELECT min(round_at) FROM check_results), $2), $2))
ON CONFLICT DO NOTHING)"};

const statement read_watermark{"read_watermark", "SELECT upto FROM rollup_watermarks WHERE grain = $1"};

// Waits for the writers of results that found the watermark as it was; whoever comes later marks what he writes into.
const statement close_buckets{"close_buckets", R"(
WITH moved AS (
  UPDATE rollup_watermarks w SET upto = n.upto
  FROM (SELECT upto AS before, date_trunc($1::text, $2::timestamptz) AS upto FROM rollup_watermarks
        WHERE grain = $1::text) n
  WHERE w.grain = $1::text AND w.upto < n.upto
  RETURNING n.before, w.upto)
INSERT INTO rollup_dirty (grain, bucket)
SELECT $1::text, b.bucket
FROM moved, generate_series(moved.before, moved.upto - $3::interval, $3::interval) b (bucket)
ON CONFLICT (grain, bucket) DO UPDATE SET marks = rollup_dirty.marks + 1)"};

const statement dirty_buckets{"dirty_buckets", R"(
SELECT bucket, marks FROM rollup_dirty WHERE grain = $1 ORDER BY bucket LIMIT $2::bigint)"};

// Not where something was marked meanwhile: it is in the bucket or it is not, so that is done again.
const statement clean_bucket{"clean_bucket", R"(
DELETE FROM rollup_dirty WHERE grain = $1 AND bucket = $2 AND marks = $3::bigint)"};

const statement mark_coarser{"mark_coarser", R"(
INSERT INTO rollup_dirty (grain, bucket)
SELECT $1::text, date_trunc($1::text, $2::timestamptz) FROM rollup_watermarks
WHERE grain = $1::text AND $2::timestamptz < upto
ON CONFLICT (grain, bucket) DO UPDATE SET marks = rollup_dirty.marks + 1)"};

struct dirty_bucket {
  timestamp begin{};
  std::int64_t marks = 0;
};

dirty_bucket bucket_from_row(row_reader& in) {
  dirty_bucket x;
  in >> x.begin >> x.marks;
  return x;
}

sql_result<timestamp> watermark_of(connection& db, const rollup_grain& grain) {
  auto found = db.run(read_watermark, params{} << grain.name);
  if (!found)
    return sql_fail(found.error());
  timestamp at{};
  if (!found->empty())
    row_reader{*found, 0} >> at;
  return at;
}

sql_status run_in_order(connection& db, std::initializer_list<command> all) {
  for (const auto& x : all)
    if (auto done = db.run(*x.what, x.values); !done)
      return sql_fail(done.error());
  return {};
}

sql_status fill(connection& db, const rollup_grain& grain, const dirty_bucket& x) {
  if (grain.of_results)
    if (auto whole = unpack_late(db, day_of(x.begin)); !whole)
      return whole;
  auto filled = db.run(grain.fill, params{} << x.begin << x.begin + grain.length);
  if (!filled)
    return sql_fail(filled.error());
  if (grain.coarser)
    if (auto marked = db.run(mark_coarser, params{} << grain.coarser << x.begin); !marked)
      return sql_fail(marked.error());
  auto cleaned = db.run(clean_bucket, params{} << grain.name << x.begin << x.marks);
  return cleaned ? sql_status{} : sql_fail(cleaned.error());
}

sql_status fill_in_transaction(connection& db, const rollup_grain& grain, const dirty_bucket& x) {
  if (auto begun = db.execute("BEGIN"); !begun)
    return sql_fail(begun.error());
  auto done = fill(db, grain, x);
  auto ended = db.execute(done ? "COMMIT" : "ROLLBACK");
  return done && !ended ? sql_fail(ended.error()) : done;
}

// Closes the buckets that end by `closed`, and fills the oldest of all that wait. True when more wait.
sql_result<bool> roll_up_grain(connection& db, const rollup_grain& grain, timestamp closed, timestamp now,
                               std::int64_t most) {
  auto ready = run_in_order(db, {{&begin_watermark, params{} << grain.name << now},
                                 {&close_buckets, params{} << grain.name << closed << grain.step}});
  if (!ready)
    return sql_fail(ready.error());
  auto found = db.run(dirty_buckets, params{} << grain.name << most);
  if (!found)
    return sql_fail(found.error());
  for (const auto& x : map_rows(*found, bucket_from_row))
    if (auto filled = fill_in_transaction(db, grain, x); !filled)
      return sql_fail(filled.error());
  return found->size() == most;
}

} // namespace

sql_result<bool> roll_up(connection& db, timestamp now, const rollup_options& options) {
  auto hours = roll_up_grain(db, hour_grain(), now - options.settle, now, options.most);
  if (!hours || *hours)
    return hours;
  auto closed = watermark_of(db, hour_grain());
  if (!closed)
    return sql_fail(closed.error());
  return roll_up_grain(db, day_grain(), *closed, now, options.most);
}

int latency_bin(std::int64_t ms) {
  return static_cast<int>(std::floor(std::log(static_cast<double>(std::max<std::int64_t>(ms, 1))) / std::log(1.2)));
}

} // namespace gochron::storage
