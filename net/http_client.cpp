#include "net/http_client.hpp"

#include "net/http_reply.hpp"

namespace gochron::net {

namespace {

// Small bodies leave in one write, and so in one packet, with the headers.
constexpr std::size_t coalesce_below = 16 * 1024;

http_exchange broken(failure f) {
  return {std::nullopt, std::move(f)};
}

asio::awaitable<outcome<void>> send(connection& c, const http_request& request) {
  auto head = head_of(request);
  const bool together = request.body && request.body->size() < coalesce_below;
  if (together)
    head += *request.body;
  auto sent = co_await c.write(head);
  if (sent && request.body && !together)
    sent = co_await c.write(*request.body);
  co_return sent;
}

asio::awaitable<http_exchange> one_hop(services& s, attempt& a, const http_request& request) {
  connection c{s, a};
  auto step = co_await c.open(request.url.host, request.url.port, request.ip);
  if (!step)
    co_return broken(std::move(step.error()));
  if (request.url.tls) {
    step = co_await c.secure(request.tls, request.tls.server_name.value_or(request.url.host));
    if (!step)
      co_return broken(std::move(step.error()));
  }
  step = co_await send(c, request);
  if (!step)
    co_return broken(std::move(step.error()));
  co_return co_await read_reply(c, a, request.method == "HEAD", request.body_cap);
}

} // namespace

asio::awaitable<http_exchange> fetch(services& s, attempt& a, http_request request) {
  if (auto defect = defect_of(request); !defect.empty())
    co_return broken({reason::probe_error, std::move(defect), verdict::error});
  for (std::uint32_t hop = 0; hop <= request.max_redirects; ++hop) {
    auto out = co_await one_hop(s, a, request);
    if (!request.follow_redirects || out.failure || !out.response)
      co_return out;
    auto again = redirect(request, *out.response);
    if (!again)
      out.failure = std::move(again.error());
    if (!again || !*again)
      co_return out;
    if (hop == request.max_redirects) {
      out.failure = failure{reason::redirect_limit,
                            "The server redirected more than " + std::to_string(request.max_redirects) + " times."};
      co_return out;
    }
  }
  co_return http_exchange{};
}

} // namespace gochron::net
