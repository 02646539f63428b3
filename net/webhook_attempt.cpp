#include "net/webhook_attempt.hpp"

#include "net/http_client.hpp"
#include "net/retry_after.hpp"

namespace gochron::net {

namespace {

constexpr std::size_t max_body = 16 * 1024;
constexpr std::size_t max_headers = 50;

http_request request_of(webhook_post&& post, url target) {
  http_request out;
  out.url = std::move(target);
  out.method = "POST";
  out.headers = std::move(post.headers);
  out.body = std::move(post.body);
  out.body_cap = max_body;
  return out;
}

} // namespace

asio::awaitable<delivery_attempt> send_webhook(services& s, webhook_post post) {
  delivery_attempt out;
  out.started_at = s.clock.now();
  auto target = parse_url(post.url);
  if (!target) {
    out.error = reason::probe_error;
    out.message = target.error().detail;
    co_return out;
  }
  attempt a{post.timeout};
  auto x = co_await fetch_kept(s, a, request_of(std::move(post), std::move(*target)));
  out.duration = a.elapsed();
  out.timings = a.timings;
  out.remote_ip = a.remote_ip;
  if (x.response) {
    out.status = x.response->status;
    out.response_headers = excerpt(x.response->headers, max_headers);
    out.response_body = to_valid_utf8(x.response->body, max_body);
    out.retry_after = parse_retry_after(x.response->header("retry-after"), s.clock.now());
  }
  if (out.ok())
    co_return out;
  if (x.failure) {
    out.error = x.failure->reason;
    out.message = x.failure->message;
  } else {
    out.error = reason::status_mismatch;
    out.message = "The receiver answered " + std::to_string(out.status) + ".";
  }
  co_return out;
}

} // namespace gochron::net
