#include "http/operation.hpp"

namespace gochron::http {
namespace {

void health(call c) {
  c.answer({.status = 200, .content_type = "text/plain; charset=utf-8", .headers = {}, .body = "ok\n"});
}

void ready(call c) {
  if (c.with().draining())
    return c.refuse({errc::unavailable, "The server is shutting down.", {}, seconds{5}, {}});
  if (!c.with().ready())
    return c.refuse({errc::unavailable, "The database is not answering.", {}, seconds{5}, {}});
  c.answer({.status = 200, .content_type = "text/plain; charset=utf-8", .headers = {}, .body = "ready\n"});
}

void metrics(call c) {
  c.answer({.status = 200,
            .content_type = "text/plain; version=0.0.4; charset=utf-8",
            .headers = {},
            .body = c.with().metrics()});
}

operation plain(std::string path, std::string id, std::string scope, std::string summary, std::string doc,
                std::vector<unsigned> problems, std::function<void(call)> run) {
  operation op;
  op.method = "GET";
  op.path = std::move(path);
  op.id = std::move(id);
  op.tag = "System";
  op.scope = std::move(scope);
  op.summary = std::move(summary);
  op.doc = std::move(doc);
  op.ok = {200, "Plain text.", nullptr, false, false, "text/plain"};
  op.problems = std::move(problems);
  op.rate = op.scope.empty() ? rate_class::free : rate_class::usual;
  op.run = std::move(run);
  return op;
}

} // namespace

operations system_operations() {
  return {
      plain("/healthz", "getHealth", "", "Is the process alive?", "Answers as long as it serves requests at all.", {},
            health),
      plain("/readyz", "getReadiness", "", "Should traffic come here?",
            "503 while the database does not answer and from the moment of shutdown on.", {503}, ready),
      plain("/metrics", "getMetrics", "*:read", "Metrics", "Prometheus text format, version 0.0.4.", {}, metrics),
  };
}

} // namespace gochron::http
