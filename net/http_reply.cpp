#include "net/http_reply.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

namespace gochron::net {

namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t max_header_bytes = 64 * 1024;
constexpr std::ptrdiff_t max_header_lines = 100;
constexpr int max_interim = 8; // 100-continue, 103 early hints
constexpr std::size_t read_size = 8 * 1024;

using parser = http::response_parser<http::buffer_body>;

failure malformed(std::string text) {
  return {reason::protocol_error, std::move(text)};
}

// The state of reading one response: Beast's parser, fed from a buffer of bytes not yet parsed.
struct reader {
  connection& c;
  attempt& a;
  std::size_t body_cap;
  boost::beast::flat_buffer unread{max_header_bytes + read_size};
  std::optional<monotonic_time> first_byte_at = std::nullopt;
  monotonic_time asked_at = std::chrono::steady_clock::now();

  asio::awaitable<outcome<std::size_t>> more();
  asio::awaitable<std::optional<failure>> read_head(parser& p);
  asio::awaitable<std::optional<failure>> read_body(parser& p, http_response& out);
};

asio::awaitable<outcome<std::size_t>> reader::more() {
  auto n = co_await c.read_some(unread.prepare(std::min(read_size, unread.max_size() - unread.size())));
  if (!n)
    co_return n;
  unread.commit(*n);
  if (*n > 0 && !first_byte_at) {
    attempt::add(a.timings.first_byte, asked_at);
    first_byte_at = std::chrono::steady_clock::now();
  }
  co_return n;
}

std::optional<failure> head_failure(const error_code& ec) {
  if (ec == http::error::header_limit)
    return malformed("The server's headers are larger than 64 KiB.");
  return malformed("The server's answer is not valid HTTP: " + ec.message() + ".");
}

asio::awaitable<std::optional<failure>> reader::read_head(parser& p) {
  while (!p.is_header_done()) {
    if (unread.size() > 0) {
      error_code ec;
      unread.consume(p.put(unread.data(), ec));
      if (ec && ec != http::error::need_more && ec != http::error::need_buffer)
        co_return head_failure(ec);
      if (p.is_header_done())
        break;
      if (unread.size() > max_header_bytes)
        co_return malformed("The server's headers are larger than 64 KiB.");
    }
    auto n = co_await more();
    if (!n)
      co_return std::move(n.error());
    if (*n == 0)
      co_return first_byte_at ? malformed("The server closed the connection in the middle of its headers.")
                              : malformed("The server closed the connection without answering.");
  }
  const auto& fields = p.get().base();
  if (std::distance(fields.begin(), fields.end()) > max_header_lines)
    co_return malformed("The server sent more than 100 headers.");
  co_return std::nullopt;
}

asio::awaitable<std::optional<failure>> reader::read_body(parser& p, http_response& out) {
  std::array<char, read_size> chunk;
  bool ended = false;
  while (!p.is_done()) {
    if (out.body.size() >= body_cap) {
      out.cut = true;
      co_return std::nullopt;
    }
    auto& sink = p.get().body();
    const auto room = std::min(chunk.size(), body_cap - out.body.size());
    sink.data = chunk.data();
    sink.size = room;
    sink.more = true;
    error_code ec;
    std::size_t used = 0;
    if (ended)
      p.put_eof(ec);
    else
      unread.consume(used = p.put(unread.data(), ec));
    out.body.append(chunk.data(), room - sink.size);
    if (ec == http::error::partial_message)
      co_return malformed("The server closed the connection before the end of its answer.");
    if (ec && ec != http::error::need_more && ec != http::error::need_buffer)
      co_return malformed("The body of the server's answer is not valid HTTP: " + ec.message() + ".");
    if (p.is_done() || used > 0 || ec == http::error::need_buffer)
      continue;
    auto n = co_await more();
    if (!n)
      co_return std::move(n.error());
    ended = *n == 0;
  }
  co_return std::nullopt;
}

http_response head_of(const parser& p) {
  http_response out;
  const auto& m = p.get();
  out.status = static_cast<std::uint16_t>(m.result_int());
  out.version = std::to_string(m.version() / 10) + '.' + std::to_string(m.version() % 10);
  for (const auto& f : m.base())
    out.headers.emplace_back(std::string{f.name_string()}, std::string{f.value()});
  return out;
}

} // namespace

asio::awaitable<http_exchange> read_reply(connection& c, attempt& a, bool to_head, std::size_t body_cap) {
  http_exchange out;
  c.expect_first_byte();
  reader r{c, a, body_cap};
  for (int i = 0; i <= max_interim; ++i) {
    parser p;
    p.header_limit(max_header_bytes);
    p.body_limit(std::numeric_limits<std::uint64_t>::max()); // we stop by ourselves; "none" refuses all in 1.74
    p.skip(to_head);
    out.failure = co_await r.read_head(p);
    if (out.failure)
      co_return out;
    const auto status = p.get().result_int();
    if (status >= 100 && status < 200 && status != 101)
      continue;
    out.response = head_of(p);
    if (status != 101)
      out.failure = co_await r.read_body(p, *out.response);
    out.reusable = !out.failure && status != 101 && p.is_done() && p.keep_alive() && r.unread.size() == 0;
    attempt::add(a.timings.transfer, *r.first_byte_at);
    co_return out;
  }
  out.failure = malformed("The server sent interim answers without end.");
  co_return out;
}

} // namespace gochron::net
