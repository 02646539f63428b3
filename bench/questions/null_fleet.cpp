#include <chrono>
#include <limits>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "actors/local_engine.hpp"
#include "bench/harness/process.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

using clock = std::chrono::steady_clock;

template <class T>
void nothing(reply_to<T> done) {
  done(fail(errc::unavailable, "There is no database here."));
}

/// Takes what is noted and keeps nothing.
struct no_monitors final : monitor_store {
  void create(monitor_record, write_note, reply_to<monitor_record> done) override { nothing(done); }
  void update(monitor_record, std::optional<transition>, write_note, reply_to<monitor_record> done) override {
    nothing(done);
  }
  void remove(org_id, monitor_id, std::optional<transition>, write_note, reply_to<void> done) override {
    nothing(done);
  }
  void expire(org_id, monitor_id, transition, std::vector<alert_rule_record>, write_note,
              reply_to<expiry> done) override {
    nothing(done);
  }
  void commit(transition, reply_to<void> done) override { done({}); }
  void commit_if_open(transition, incident_id, reply_to<void> done) override { done({}); }
  void load(monitor_id, reply_to<loaded_monitor> done) override { nothing(done); }
  void load(org_id, monitor_id, incident_id, reply_to<incident> done) override { nothing(done); }
  bool note(check_result) override { return true; }
  bool note(monitor_id, org_id, const monitor_runtime&) override { return true; }
};

struct no_channels final : channel_store {
  void create(channel_record, write_note, reply_to<channel_record> done) override { nothing(done); }
  void update(channel_record, write_note, reply_to<channel_record> done) override { nothing(done); }
  void remove(org_id, channel_id, write_note, reply_to<void> done) override { nothing(done); }
  void load(channel_id, reply_to<channel_record> done) override { nothing(done); }
  void due(org_id, channel_id, timestamp, std::uint32_t, std::vector<delivery_id>,
           reply_to<due_deliveries> done) override {
    nothing(done);
  }
  void record(std::vector<attempt_outcome>, reply_to<void> done) override { nothing(done); }
  void enqueue(event, std::vector<delivery>, reply_to<void> done) override { nothing(done); }
  void prove(channel_record, write_note, reply_to<void> done) override { nothing(done); }
  void redeliver(org_id, delivery_id, std::int32_t, timestamp, write_note, reply_to<delivery> done) override {
    nothing(done);
  }
};

struct no_rules final : rule_store {
  void create(alert_rule_record, write_note, reply_to<alert_rule_record> done) override { nothing(done); }
  void update(alert_rule_record, write_note, reply_to<alert_rule_record> done) override { nothing(done); }
  void remove(org_id, rule_id, std::optional<std::int64_t>, write_note, reply_to<void> done) override { nothing(done); }
};

struct no_schedules final : schedule_store {
  void create(schedule_record, write_note, reply_to<schedule_record> done) override { nothing(done); }
  void update(schedule_record, bool, write_note, reply_to<schedule_record> done) override { nothing(done); }
  void remove(org_id, schedule_id, std::optional<std::int64_t>, write_note, reply_to<void> done) override {
    nothing(done);
  }
  void load(org_id, schedule_id, reply_to<schedule_record> done) override { nothing(done); }
  void create(schedule_override, write_note, reply_to<schedule_override> done) override { nothing(done); }
  void load(org_id, schedule_id, override_id, reply_to<schedule_override> done) override { nothing(done); }
  void update(schedule_override, schedule_override, std::optional<schedule_override>, write_note,
              reply_to<schedule_override> done) override {
    nothing(done);
  }
  void end(org_id, schedule_id, override_id, timestamp, write_note, reply_to<void> done) override { nothing(done); }
  void set_feed(org_id, schedule_id, std::optional<sha256_digest>, timestamp, write_note,
                reply_to<void> done) override {
    nothing(done);
  }
  void record(handoff_step, reply_to<void> done) override { nothing(done); }
  void handoff_tellers(schedule_id, std::uint32_t, reply_to<std::vector<handoff_teller>> done) override {
    done(std::vector<handoff_teller>{});
  }
};

struct no_documents final : incident_document_store {
  void create(incident_note, write_note, reply_to<incident_note> done) override { nothing(done); }
  void update(incident_note, write_note, reply_to<incident_note> done) override { nothing(done); }
  void remove(org_id, incident_id, note_id, write_note, reply_to<void> done) override { nothing(done); }
  void load(org_id, incident_id, note_id, reply_to<incident_note> done) override { nothing(done); }
  void put(postmortem, write_note, reply_to<postmortem> done) override { nothing(done); }
  void remove(org_id, incident_id, write_note, reply_to<void> done) override { nothing(done); }
  void load(org_id, incident_id, reply_to<std::optional<postmortem>> done) override { nothing(done); }
};

struct no_policies final : policy_store {
  void create(escalation_policy_record, write_note, reply_to<escalation_policy_record> done) override { nothing(done); }
  void update(escalation_policy_record, write_note, reply_to<escalation_policy_record> done) override { nothing(done); }
  void remove(org_id, policy_id, write_note, reply_to<void> done) override { nothing(done); }
  void load(policy_id, reply_to<escalation_policy_record> done) override { nothing(done); }
  void live(policy_id, reply_to<std::vector<escalation>> done) override { nothing(done); }
};

struct no_windows final : maintenance_store {
  void create(maintenance_window_record, write_note, reply_to<maintenance_window_record> done) override {
    nothing(done);
  }
  void update(maintenance_window_record, write_note, reply_to<maintenance_window_record> done) override {
    nothing(done);
  }
  void remove(maintenance_step, write_note, reply_to<void> done) override { nothing(done); }
  void record(maintenance_step, write_note, reply_to<void> done) override { nothing(done); }
  void load(window_id, reply_to<loaded_window> done) override { nothing(done); }
};

struct no_people final : people_store {
  void create(notification_rule_record, write_note, reply_to<notification_rule_record> done) override { nothing(done); }
  void update(notification_rule_record, write_note, reply_to<notification_rule_record> done) override { nothing(done); }
  void remove(org_id, notification_rule_id, std::optional<std::int64_t>, write_note, reply_to<void> done) override {
    nothing(done);
  }
  void create(team_record, write_note, reply_to<team_record> done) override { nothing(done); }
  void update(team_record, write_note, reply_to<team_record> done) override { nothing(done); }
  void remove(org_id, team_id, std::optional<std::int64_t>, write_note, reply_to<void> done) override { nothing(done); }
};

struct no_users final : user_store {
  void create(user_record, write_note, reply_to<user_record> done) override { nothing(done); }
  void update(user_record, write_note, reply_to<user_record> done) override { nothing(done); }
  void remove(org_id, user_id, std::optional<std::int64_t>, std::vector<token_record>, write_note,
              reply_to<void> done) override {
    nothing(done);
  }
  void set_feed(org_id, user_id, std::optional<sha256_digest>, timestamp, write_note, reply_to<void> done) override {
    nothing(done);
  }
};

struct no_organizations final : organization_store {
  void create(organization, token_record, write_note, reply_to<organization> done) override { nothing(done); }
  void snapshot(reply_to<tenancy_snapshot> done) override { nothing(done); }
};

struct no_tokens final : token_store {
  void update(token_record, write_note, reply_to<token_record> done) override { nothing(done); }
  void load(org_id, token_id, reply_to<token_record> done) override { nothing(done); }
  void create(token_record, write_note, reply_to<token_record> done) override { nothing(done); }
  void remove(org_id, token_id, std::int64_t, write_note, reply_to<void> done) override { nothing(done); }
  void of_user(org_id, user_id, reply_to<std::vector<token_record>> done) override { nothing(done); }
  void find(sha256_digest, reply_to<token_record> done) override { nothing(done); }
  void touch(token_id, timestamp, std::string) override {}
};

struct no_joints final : joint_store {
  std::shared_ptr<joint_write> join(std::size_t) override { return nullptr; }
};

struct no_webhooks final : message_sender {
  void post(webhook_post, std::function<void(delivery_attempt)> done) override { done({}); }
  void mail(mail_post, std::function<void(delivery_attempt)> done) override { done({}); }
};

/// Every check is up, at once.
struct null_prober final : prober {
  explicit null_prober(const wall_clock& c) : time(c) {}
  void probe(probe_job, std::function<void(check_outcome)> done) override {
    check_outcome x;
    x.verdict = verdict::up;
    x.reason = reason::none;
    x.started_at = time.now();
    done(std::move(x));
  }
  const wall_clock& time;
};

loaded_monitor monitor_number(std::uint64_t n, org_id org, timestamp now, int interval) {
  loaded_monitor x;
  x.record.id = monitor_id::make(now + milliseconds{n});
  x.record.org = org;
  x.record.created_at = x.record.updated_at = x.runtime.status_since = now;
  x.record.spec.name = fmt::format("bench monitor {}", n);
  x.record.spec.interval = seconds{interval};
  x.record.spec.timeout = milliseconds{900};
  http_check check;
  check.url = fmt::format("http://127.0.{}.{}:8080/", n / 250 % 4, n % 250 + 1);
  x.record.spec.check = std::move(check);
  x.runtime.state.status = monitor_status::up;
  return x;
}

double quantile(const gochron::lag_histogram& after, const gochron::lag_histogram& before, double p) {
  std::int64_t all = 0, seen = 0;
  for (std::size_t i = 0; i < after.counts.size(); ++i)
    all += after.counts[i] - before.counts[i];
  for (std::size_t i = 0; i < after.bounds_ms.size(); ++i) {
    seen += after.counts[i] - before.counts[i];
    if (static_cast<double>(seen) >= p * static_cast<double>(all))
      return static_cast<double>(after.bounds_ms[i]);
  }
  return std::numeric_limits<double>::infinity();
}

} // namespace

void ask_null_fleet(const null_options& what, report& out) {
  pin_to_core(-1); // the actors have the machine that a server would have
  system_wall_clock time;
  no_monitors monitors;
  no_channels channels;
  no_rules rules;
  no_schedules schedules;
  no_policies policies;
  no_windows windows;
  no_people people;
  no_documents documents;
  no_tokens tokens;
  no_joints joints;
  no_users users;
  no_organizations organizations;
  no_webhooks webhooks;
  null_prober checks{time};
  auto empty = usage_of(getpid());
  actors::gap_log gaps;
  actors::local_engine engine{{monitors, channels, rules, schedules, tokens, users, organizations, joints, checks,
                               webhooks, time, time, gaps, policies, windows, people,
                               [](org_id, std::vector<schedule_id>, timestamp, timestamp,
                                  const reply_to<std::vector<on_call_books>>& done) { nothing(done); },
                               documents},
                              {}};
  {
    auto visit = engine.startup();
    auto org = org_id::make(time.now());
    for (std::uint64_t n = 0; n < what.monitors; ++n)
      visit.monitor(monitor_number(n, org, time.now(), what.interval));
  }
  auto began = clock::now();
  auto seconds_since_start = [&] { return std::chrono::duration<double>(clock::now() - began).count(); };
  engine.start();
  if (!eventually(120, [&] { return engine.stats().timers >= static_cast<std::int64_t>(what.monitors); }))
    throw std::runtime_error("the monitors did not arm their timers");
  auto armed = seconds_since_start();
  progress(fmt::format("{} monitors run; one interval to settle", what.monitors));
  if (!eventually(3.0 * what.interval,
                  [&] { return engine.stats().rounds >= static_cast<std::int64_t>(what.monitors); }))
    throw std::runtime_error("the first round is not complete after three intervals");
  auto first_round = seconds_since_start();
  auto before = engine.stats();
  auto cpu = usage_of(getpid()).cpu_seconds;
  auto from = clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(what.seconds));
  auto after = engine.stats();
  auto now = usage_of(getpid());
  auto window = std::chrono::duration<double>(clock::now() - from).count();
  auto rounds = static_cast<double>(after.rounds - before.rounds);
  table t{"Actors alone: null probes, nothing stored",
          {"monitors", "interval s", "armed s", "first round s", "bytes/monitor", "rounds/s", "us/round", "CPU %",
           "lag p50 ms", "lag p99 ms", "lag max ms", "skipped"},
          {{std::to_string(what.monitors), std::to_string(what.interval), figure(armed), figure(first_round),
            figure((now.rss_bytes - empty.rss_bytes) / static_cast<double>(what.monitors)), figure(rounds / window),
            figure((now.cpu_seconds - cpu) / rounds * 1e6), figure((now.cpu_seconds - cpu) / window * 100),
            figure(quantile(after.lag, before.lag, 0.5)), figure(quantile(after.lag, before.lag, 0.99)),
            figure(quantile(after.lag, before.lag, 1)), std::to_string(after.skipped_slots - before.skipped_slots)}},
          {}};
  t.notes = {"wheel, shards and a monitor's actor each; a check answers on the spot, with the time of its begin; lag: "
             "upper bounds of the engine's own buckets",
             "first round: from the start until as many rounds were begun as there are monitors"};
  out.add(std::move(t));
  engine.stop();
}

} // namespace gochron::bench
