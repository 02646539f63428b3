#pragma once
#include <string>

#include "gochron/engine.hpp"
#include "http/event_streams.hpp"
#include "http/server/counters.hpp"
#include "net/network.hpp"
#include "storage/postgres_store.hpp"

namespace gochron::http {

/// What /metrics shows, read at one moment.
struct metric_sources {
  gochron::engine_stats engine;
  storage::store_stats store;
  net::network_stats network;
  stats server;
  stream_stats streams;
};

/// Prometheus text format 0.0.4.
std::string render_metrics(const metric_sources& x);

} // namespace gochron::http
