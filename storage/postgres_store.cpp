#include "storage/postgres_store.hpp"

#include <spdlog/spdlog.h>

#include "storage/audit/answer_repository.hpp"
#include "storage/audit/audit_repository.hpp"
#include "storage/audit/chain_sealer.hpp"
#include "storage/channel/channel_repository.hpp"
#include "storage/escalation/policy_repository.hpp"
#include "storage/feed/feed_repository.hpp"
#include "storage/feedback/feedback_repository.hpp"
#include "storage/housekeeping/engine_run.hpp"
#include "storage/housekeeping/pulse.hpp"
#include "storage/incident/document_repository.hpp"
#include "storage/joint_write.hpp"
#include "storage/maintenance/window_repository.hpp"
#include "storage/migrations/migrate.hpp"
#include "storage/monitor/monitor_repository.hpp"
#include "storage/organization/organization_repository.hpp"
#include "storage/people/people_repository.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/query/query_repository.hpp"
#include "storage/rule/rule_repository.hpp"
#include "storage/schedule/schedule_repository.hpp"
#include "storage/startup.hpp"
#include "storage/token/token_repository.hpp"
#include "storage/user/user_repository.hpp"

namespace gochron::storage {
namespace {

// A new life of the engine, on a clock that does not begin before the last one ended.
result<uuid> begin_life(const store_options& x) {
  auto db = connection::open(x.conninfo);
  if (!db)
    return fail(to_error(db.error()));
  if (auto ended = end_earlier_runs(**db); !ended)
    return fail(to_error(ended.error()));
  auto seen = last_seen(**db);
  if (seen && *seen && x.last_seen)
    x.last_seen(**seen);
  auto begun = seen ? begin_run(**db, x.clock->now()) : sql_result<uuid>{sql_fail(seen.error())};
  if (!begun)
    return fail(to_error(begun.error()));
  return *begun;
}

writer_options writer_options_of(const store_options& x) {
  writer_options o;
  o.conninfo = x.conninfo;
  o.max_units = x.max_waiting_writes;
  o.write_deadline = x.write_deadline;
  o.session.of_run = true;
  o.session.by_keys = true;
  return o;
}

read_pool_options reader_options_of(const store_options& x) {
  read_pool_options o;
  o.conninfo = x.conninfo;
  o.threads = x.readers;
  o.max_waiting = x.max_waiting_reads;
  o.session.statement_timeout = std::chrono::seconds{8};
  o.session.reply_timeout = std::chrono::seconds{10};
  return o;
}

// Streams wait for no list, and no list for streams.
read_pool_options follower_options_of(const store_options& x) {
  auto o = reader_options_of(x);
  o.threads = 1;
  o.max_waiting = 20000;
  return o;
}

copier_options copier_options_of(const store_options& x) {
  copier_options o;
  o.conninfo = x.conninfo;
  o.max_rows = x.max_waiting_results;
  return o;
}

flusher_options flusher_options_of(const store_options& x) {
  flusher_options o;
  o.conninfo = x.conninfo;
  o.clock = x.clock;
  o.session.of_run = true;
  o.session.by_keys = true;
  return o;
}

pulse_options pulse_options_of(const store_options& x) {
  pulse_options o;
  o.conninfo = x.conninfo;
  o.noticed_gaps = x.noticed_gaps;
  return o;
}

chain_sealer_options sealer_options_of(const store_options& x) {
  chain_sealer_options o;
  o.conninfo = x.conninfo;
  o.session.of_run = true;
  o.session.by_keys = true;
  return o;
}

housekeeping_options housekeeping_options_of(const store_options& x) {
  housekeeping_options o;
  o.conninfo = x.conninfo;
  o.retention = x.retention;
  return o;
}

} // namespace

struct postgres_store::parts {
  store_options options;
  org_id organization;
  core::sealer sealer;
  feed_log feed;
  writer_group writers;
  read_pool reads, follower;
  result_copier copier;
  runtime_flusher flusher;
  repository_deps deps{&writers, &reads, &sealer, options.clock, &feed};
  monitor_repository monitors{deps, copier, flusher};
  channel_repository channels{deps};
  rule_repository rules{deps};
  schedule_repository schedules{deps};
  token_repository tokens{deps};
  joint_repository joints{deps, writers, copier, flusher};
  user_repository users{deps};
  organization_repository organizations{deps};
  query_repository queries{deps};
  answer_repository answers{deps};
  audit_repository audit{deps};
  feed_repository events{feed, reads, follower};
  policy_repository policies{deps};
  window_repository windows{deps};
  feedback_repository feedback{deps};
  people_repository people{deps};
  document_repository documents{deps};
  std::unique_ptr<pulse> life;
  std::unique_ptr<housekeeping> keeper;
  std::unique_ptr<chain_sealer> chains;

  parts(store_options x, org_id org)
    : options(std::move(x)), organization(org), sealer(options.key), feed(*options.clock),
      writers(writer_options_of(options), options.writers, *options.clock), reads(reader_options_of(options)),
      follower(follower_options_of(options)), copier(copier_options_of(options), *options.clock),
      flusher(flusher_options_of(options)) {}
};

postgres_store::postgres_store(std::unique_ptr<parts> x) : parts_(std::move(x)) {}
postgres_store::~postgres_store() {
  stop();
}

result<std::unique_ptr<postgres_store>> postgres_store::open(store_options options) {
  auto conninfo = with_defaults(options.conninfo);
  if (!conninfo)
    return fail(conninfo.error());
  options.conninfo = *conninfo;
  auto report = migrate(options.conninfo, options.clock->now());
  if (!report)
    return fail(report.error());
  uuid run;
  if (options.engine) {
    auto begun = begin_life(options);
    if (!begun)
      return fail(begun.error());
    run = *begun;
  }
  auto x = std::make_unique<parts>(std::move(options), report->organization);
  if (auto known = load_feed(x->options.conninfo, x->feed); !known)
    return fail(to_error(known.error()));
  if (x->options.engine) {
    auto beats = pulse_options_of(x->options);
    beats.unwritten_since = [flusher = &x->flusher] { return flusher->unwritten_since(); };
    x->life = std::make_unique<pulse>(std::move(beats), run, *x->options.clock);
    if (x->options.seals)
      x->chains = std::make_unique<chain_sealer>(sealer_options_of(x->options));
    if (x->options.keeps_house)
      x->keeper = std::make_unique<housekeeping>(housekeeping_options_of(x->options), *x->options.clock);
  }
  return std::unique_ptr<postgres_store>{new postgres_store{std::move(x)}};
}

monitor_store& postgres_store::monitors() {
  return parts_->monitors;
}
channel_store& postgres_store::channels() {
  return parts_->channels;
}
people_store& postgres_store::people() {
  return parts_->people;
}
policy_store& postgres_store::policies() {
  return parts_->policies;
}
incident_document_store& postgres_store::documents() {
  return parts_->documents;
}

maintenance_store& postgres_store::windows() {
  return parts_->windows;
}

rule_store& postgres_store::rules() {
  return parts_->rules;
}
schedule_store& postgres_store::schedules() {
  return parts_->schedules;
}
joint_store& postgres_store::together() {
  return parts_->joints;
}
token_store& postgres_store::tokens() {
  return parts_->tokens;
}
user_store& postgres_store::users() {
  return parts_->users;
}
organization_store& postgres_store::organizations() {
  return parts_->organizations;
}
query_store& postgres_store::queries() {
  return parts_->queries;
}
answer_store& postgres_store::answers() {
  return parts_->answers;
}
audit_store& postgres_store::audit() {
  return parts_->audit;
}
event_feed& postgres_store::events() {
  return parts_->events;
}

feedback_store& postgres_store::feedback() {
  return parts_->feedback;
}

org_id postgres_store::organization() const {
  return parts_->organization;
}

status postgres_store::load(const startup_visitor& visit) {
  auto loaded = load_everything(parts_->options.conninfo, parts_->options.clock->now(), parts_->sealer, visit);
  if (!loaded) {
    spdlog::error("loading at start: {} {}", loaded.error().sqlstate, loaded.error().message);
    return fail(to_error(loaded.error()));
  }
  return *loaded;
}

bool postgres_store::ready() const {
  return !parts_->life || parts_->life->reachable();
}

store_stats postgres_store::stats() const {
  store_stats x;
  for (const auto& w : parts_->writers.all()) {
    const auto& s = w->stats();
    x.batches += s.batches;
    x.units += s.units;
    x.rejected += s.rejected;
    x.retries += s.retries;
    x.in_doubt += s.in_doubt;
    x.expired += s.expired;
    x.commit_microseconds += s.commit_microseconds;
    x.units_waiting += s.queued_units;
    x.bytes_waiting += s.queued_bytes;
    x.units_aside += s.aside;
  }
  const auto& reads = parts_->reads.stats();
  x.reads = reads.reads;
  x.reads_failed = reads.failed;
  x.reads_waiting = reads.waiting;
  const auto& results = parts_->copier.stats();
  x.results_copied = results.copied;
  x.results_dropped = results.dropped;
  x.results_refused = results.refused;
  x.results_waiting = results.waiting;
  const auto& runtimes = parts_->flusher.stats();
  x.runtimes_written = runtimes.written;
  x.runtimes_coalesced = runtimes.coalesced;
  x.runtimes_waiting = runtimes.waiting;
  return x;
}

bool postgres_store::flush(std::chrono::milliseconds deadline) {
  return parts_->copier.flush(deadline) && parts_->flusher.flush(deadline);
}

void postgres_store::stop() {
  parts_->writers.stop();
  parts_->flusher.stop();
  parts_->copier.stop();
  parts_->follower.stop();
  parts_->reads.stop();
  if (parts_->keeper)
    parts_->keeper->stop();
  if (parts_->chains)
    parts_->chains->stop();
  if (parts_->life) // the last to go: until here somebody watched
    parts_->life->stop();
}

} // namespace gochron::storage
