#include "net/http_prober.hpp"

#include "net/check_judgement.hpp"

namespace gochron::net {

namespace {

http_request request_of(const http_check& check, ip_version ip, url target) {
  http_request out;
  out.url = std::move(target);
  out.method = check.method;
  out.headers = check.headers;
  if (check.body)
    out.body = std::make_shared<const std::string>(*check.body);
  out.authorization = authorization_of(check.auth);
  out.ip = ip;
  out.tls = check.tls;
  out.follow_redirects = check.follow_redirects;
  out.max_redirects = check.follow_redirects ? check.max_redirects : 0;
  return out;
}

} // namespace

asio::awaitable<check_outcome> probe_http(services& s, std::shared_ptr<const monitor_spec> spec, bool keep_response) {
  const auto& check = std::get<http_check>(spec->check);
  const auto started_at = s.clock.now();
  auto target = parse_url(check.url);
  if (!target)
    co_return not_made(target.error().detail, started_at);
  attempt a{spec->timeout};
  auto exchange = co_await fetch(s, a, request_of(check, spec->ip, std::move(*target)));
  auto out = judge(*spec, check, std::move(exchange), a, keep_response);
  out.started_at = started_at;
  co_return out;
}

} // namespace gochron::net
