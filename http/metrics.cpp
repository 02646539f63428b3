#include "http/metrics.hpp"

#include <limits>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace gochron::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct families {
  std::vector<MetricFamily> all;

  void add(MetricType type, std::string name, std::string help, double value) {
    all.push_back({"gochron_" + std::move(name), std::move(help), type, {}});
    labelled("", "", value);
  }
  template <class N>
  void count(std::string name, std::string help, N value) {
    add(MetricType::Counter, std::move(name), std::move(help), static_cast<double>(value));
  }
  template <class N>
  void gauge(std::string name, std::string help, N value) {
    add(MetricType::Gauge, std::move(name), std::move(help), static_cast<double>(value));
  }
  /// One more value of a counter, told apart by a label.
  template <class N>
  void split(std::string name, std::string help, std::string label,
             std::initializer_list<std::pair<std::string, N>> values) {
    all.push_back({"gochron_" + std::move(name), std::move(help), MetricType::Counter, {}});
    for (auto& [value, n] : values)
      labelled(label, value, static_cast<double>(n));
  }
  void lag(std::string name, std::string help, const gochron::lag_histogram& x) {
    prometheus::ClientMetric m;
    for (std::size_t i = 0; i < x.counts.size(); ++i) {
      m.histogram.sample_count += static_cast<std::uint64_t>(x.counts[i]);
      auto bound =
          i < x.bounds_ms.size() ? static_cast<double>(x.bounds_ms[i]) / 1000 : std::numeric_limits<double>::infinity();
      m.histogram.bucket.push_back({m.histogram.sample_count, bound});
    }
    m.histogram.sample_sum = static_cast<double>(x.sum_ms) / 1000;
    all.push_back({"gochron_" + std::move(name), std::move(help), MetricType::Histogram, {std::move(m)}});
  }

private:
  void labelled(const std::string& label, const std::string& value, double n) {
    ClientMetric m;
    if (!label.empty())
      m.label.push_back({label, value});
    (all.back().type == MetricType::Counter ? m.counter.value : m.gauge.value) = n;
    all.back().metric.push_back(std::move(m));
  }
};

void add_engine(families& f, const gochron::engine_stats& x) {
  f.gauge("monitors", "Monitor actors", x.monitors);
  f.gauge("channels", "Channel actors", x.channels);
  f.gauge("escalation_policies", "Escalation policy actors", x.escalation_policies);
  f.gauge("maintenance_windows", "Maintenance window actors", x.maintenance_windows);
  f.count("escalations_told_total", "Steps of escalation policies told", x.escalations_told);
  f.gauge("actors_quarantined", "Actors that crashed too often", x.quarantined);
  f.count("actor_restarts_total", "Actors started again after a crash", x.restarts);
  f.gauge("timers", "Timers armed in the wheel", x.timers);
  f.count("rounds_total", "Rounds begun", x.rounds);
  f.count("skipped_slots_total", "Rounds left out: the one before was under way, or nobody looked in time",
          x.skipped_slots);
  f.split(
      "checks_total", "Attempts by verdict", "verdict",
      std::initializer_list<std::pair<std::string, std::int64_t>>{
          {"up", x.checks_up}, {"degraded", x.checks_degraded}, {"down", x.checks_down}, {"error", x.checks_error}});
  f.lag("schedule_lag_seconds", "How much later than scheduled attempts began", x.lag);
  f.count("pings_total", "Pings heard", x.pings);
  f.count("transitions_total", "Steps of a monitor committed", x.transitions);
  f.count("incidents_opened_total", "Incidents opened", x.incidents_opened);
  f.count("incidents_resolved_total", "Incidents resolved", x.incidents_resolved);
  f.count("delivery_attempts_total", "Webhooks posted", x.delivery_attempts);
  f.split("deliveries_total", "Attempts by outcome", "outcome",
          std::initializer_list<std::pair<std::string, std::int64_t>>{{"succeeded", x.deliveries_succeeded},
                                                                      {"failed", x.deliveries_failed}});
}

void add_store(families& f, const storage::store_stats& x) {
  f.count("commit_batches_total", "Transactions of the writer", x.batches);
  f.count("commit_units_total", "Writes in them", x.units);
  f.count("commit_seconds_sum", "Time from their begin to their commit, summed",
          static_cast<double>(x.commit_microseconds) / 1e6);
  f.count("commit_retries_total", "Transactions done over", x.retries);
  f.count("commits_in_doubt_total", "Commits whose end was found out by reading", x.in_doubt);
  f.count("writes_rejected_total", "Writes that the database refused", x.rejected);
  f.count("writes_expired_total", "Writes that waited too long for the database", x.expired);
  f.gauge("writes_waiting", "Writes in the queue", x.units_waiting);
  f.gauge("writes_set_aside", "Writes beside the queue that meet a lock or run out of time", x.units_aside);
  f.gauge("reads_waiting", "Reads in the queue", x.reads_waiting);
  f.count("reads_total", "Reads", x.reads);
  f.count("reads_failed_total", "Reads that failed", x.reads_failed);
  f.count("results_copied_total", "Check results written", x.results_copied);
  f.count("results_dropped_total", "Check results lost to a full buffer", x.results_dropped);
  f.gauge("results_waiting", "Check results in the buffer", x.results_waiting);
}

void add_server(families& f, const stats& x) {
  f.gauge("http_connections", "Open connections", x.connections);
  f.count("http_accepted_total", "Connections accepted", x.accepted);
  f.count("http_shed_total", "Connections turned away", x.shed_full + x.shed_no_fds);
  f.count("http_requests_total", "Requests handed to a handler", x.requests);
  f.count("http_refused_total", "Requests refused by the framing", x.refused);
  f.split("http_replies_total", "Replies by class", "class",
          std::initializer_list<std::pair<std::string, std::uint64_t>>{
              {"2xx", x.replies[2]}, {"3xx", x.replies[3]}, {"4xx", x.replies[4]}, {"5xx", x.replies[5]}});
  f.count("http_stale_replies_total", "Replies that nobody waited for any more", x.stale_replies);
  f.count("http_handler_timeouts_total", "Requests answered 503 at the handler deadline", x.timeout_handler);
  f.count("http_slow_readers_total", "Connections dropped for not reading", x.dropped_slow + x.timeout_write);
}

} // namespace

std::string render_metrics(const metric_sources& x) {
  families f;
  add_engine(f, x.engine);
  add_store(f, x.store);
  add_server(f, x.server);
  f.gauge("event_streams", "Streams of events that are open", x.streams.open);
  f.count("event_streams_opened_total", "Streams begun", x.streams.opened);
  f.count("event_streams_cut_total", "Streams ended because their client did not read", x.streams.cut);
  f.count("event_frames_total", "Events sent to streams", x.streams.frames);
  f.gauge("probes_in_flight", "Checks on their way", x.network.checks.in_flight);
  f.gauge("probes_queued", "Checks waiting for a place", x.network.checks.queued);
  f.gauge("mails_in_flight", "Mail on its way to the relay", x.network.mails.in_flight);
  f.gauge("mails_queued", "Mail that waits for its turn", x.network.mails.queued);
  f.gauge("webhooks_in_flight", "Posts on their way", x.network.webhooks.in_flight);
  return prometheus::TextSerializer{}.Serialize(f.all);
}

} // namespace gochron::http
