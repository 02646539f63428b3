#include "http/list.hpp"
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

void meta(call c) {
  query_reader q{c};
  if (auto e = q.problem({}))
    return c.refuse(*e);
  c.one(result<core::server_meta>{{GOCHRON_VERSION, c.with().egress_addresses}}, *core::server_meta_schema());
}

operation meta_operation() {
  operation op;
  op.method = "GET";
  op.path = "/api/meta";
  op.id = "getMeta";
  op.tag = "System";
  op.scope = "monitors:read";
  op.summary = "What this server is";
  op.doc = "Its version, and the addresses that checks and webhooks come from.";
  op.ok = {200, "The facts.", core::server_meta_schema()->info()};
  op.run = meta;
  return op;
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
      meta_operation(),
  };
}

} // namespace gochron::http
