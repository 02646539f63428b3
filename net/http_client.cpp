#include "net/http_client.hpp"

#include "net/http_reply.hpp"
#include "net/idle_connections.hpp"

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

asio::awaitable<outcome<void>> open(connection& c, const http_request& request) {
  auto step = co_await c.open(request.url.host, request.url.port, request.ip, first_word::ours);
  if (step && request.url.tls)
    step = co_await c.secure(request.tls, request.tls.server_name.value_or(request.url.host));
  co_return step;
}

asio::awaitable<http_exchange> exchange(connection& c, attempt& a, const http_request& request) {
  auto sent = co_await send(c, request);
  if (!sent)
    co_return broken(std::move(sent.error()));
  co_return co_await read_reply(c, a, request.method == "HEAD", request.body_cap);
}

asio::awaitable<http_exchange> one_hop(services& s, attempt& a, const http_request& request) {
  connection c{s, a};
  auto opened = co_await open(c, request);
  if (!opened)
    co_return broken(std::move(opened.error()));
  co_return co_await exchange(c, a, request);
}

// Whatever a request without options of its own may share a connection with.
std::string key_of(const http_request& request) {
  return (request.url.tls ? "s " : "p ") + request.url.host + ' ' + std::to_string(request.url.port);
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

asio::awaitable<http_exchange> fetch_kept(services& s, attempt& a, http_request request) {
  request.keep_alive = true;
  if (auto defect = defect_of(request); !defect.empty())
    co_return broken({reason::probe_error, std::move(defect), verdict::error});
  const auto key = key_of(request);
  if (auto line = s.idle->take(key)) {
    line->begin(a);
    auto out = co_await exchange(line->link, line->use, request);
    a = line->use;
    const bool closed = out.failure && !line->link.heard() && !s.stopping;
    if (out.reusable)
      s.idle->keep(key, std::move(line));
    if (!closed || std::chrono::steady_clock::now() >= a.deadline)
      co_return out;
  }
  auto line = std::make_unique<kept_connection>(s, a);
  auto opened = co_await open(line->link, request);
  http_exchange out; // not one conditional expression: GCC 12 destroys its temporaries twice around a co_await
  if (opened)
    out = co_await exchange(line->link, line->use, request);
  else
    out = broken(std::move(opened.error()));
  a = line->use;
  if (out.reusable)
    s.idle->keep(key, std::move(line));
  co_return out;
}

} // namespace gochron::net
