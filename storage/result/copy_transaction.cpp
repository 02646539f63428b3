#include "storage/result/copy_rows.hpp"
#include "storage/result/result_copier.hpp"

namespace gochron::storage {
namespace {

const statement claim_batch{"claim_batch",
                            "INSERT INTO write_batches (id, written_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

// Rows for hours that are already closed: those are to be done again. The share lock lets no hour be closed between
// this look and the commit, so no row falls between.
const statement mark_dirty{"mark_dirty", R"(
WITH mark AS (SELECT upto FROM rollup_watermarks WHERE grain = 'hour' FOR SHARE)
INSERT INTO rollup_dirty (grain, bucket)
SELECT 'hour', b.bucket FROM unnest($1::timestamptz[]) b (bucket), mark WHERE b.bucket < mark.upto
ON CONFLICT (grain, bucket) DO UPDATE SET marks = rollup_dirty.marks + 1)"};

std::vector<timestamp> hours_of(std::span<const check_result> xs) {
  std::set<timestamp> hours;
  for (const auto& x : xs)
    hours.insert(std::chrono::floor<std::chrono::hours>(x.round_at));
  return {hours.begin(), hours.end()};
}

} // namespace

sql_status result_copier::make_partitions(std::span<const check_result> xs) {
  for (const auto& x : xs) {
    auto d = day_of(x.round_at);
    if (partitions_.contains(d))
      continue;
    if (auto made = make_partition(*connection_, d); !made)
      return made;
    partitions_.insert(d);
  }
  return {};
}

sql_status result_copier::attempt(std::span<const check_result> xs, const uuid& batch) {
  if (auto ready = make_partitions(xs); !ready)
    return ready;
  auto done = copy(xs, batch);
  if (!done && done.error().remedy != remedy::reconnect)
    if (auto undone = connection_->execute("ROLLBACK"); !undone)
      return sql_fail(undone.error());
  return done;
}

sql_status result_copier::copy(std::span<const check_result> xs, const uuid& batch) {
  if (auto begun = connection_->execute("BEGIN"); !begun)
    return sql_fail(begun.error());
  auto claim = connection_->run(claim_batch, params{} << batch << clock_.now());
  if (!claim)
    return sql_fail(claim.error());
  if (claim->command_tag() == "INSERT 0 0") { // an earlier attempt whose answer was lost
    auto undone = connection_->execute("ROLLBACK");
    return undone ? sql_status{} : sql_fail(undone.error());
  }
  auto bytes = copy_header();
  for (const auto& x : xs)
    append_row(bytes, x);
  append_copy_trailer(bytes);
  if (auto copied = connection_->copy_in(copy_results_sql, bytes); !copied)
    return sql_fail(copied.error());
  if (auto marked = connection_->run(mark_dirty, params{} << hours_of(xs)); !marked)
    return sql_fail(marked.error());
  auto committed = connection_->execute("COMMIT");
  return committed ? sql_status{} : sql_fail(committed.error());
}

} // namespace gochron::storage
