/// What targets and receivers answer: each input is the answer of a server on the loopback interface, whole and then
/// the end of the stream, read by the client as it reads all of them.
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/write.hpp>

#include "fuzz/fuzz.hpp"
#include "net/check_judgement.hpp"
#include "net/http_reply.hpp"
#include "net/retry_after.hpp"

using namespace gochron;
using namespace gochron::net;
using fuzz::must;

namespace {

constexpr std::size_t body_cap = 1024;

// One loop and a server on it that accepts when told to.
struct world {
  asio::io_context io{1};
  readiness sockets{io};
  tls_contexts tls{""};
  resolver dns{io, {}};
  egress_guard guard{{.allow = {parse_cidr("127.0.0.1").value()}, .allow_private = false}};
  system_wall_clock clock;
  services shared{io, sockets, dns, tls, guard, clock};
  asio::ip::tcp::acceptor server{io, {asio::ip::make_address("127.0.0.1"), 0}};

  /// Runs the loop until `work` is done.
  template <class T>
  T run(asio::awaitable<T> work) {
    std::optional<T> found;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr crash, T x) {
      must(!crash, "nothing is thrown");
      found = std::move(x);
    });
    while (!found)
      io.run_one();
    return std::move(*found);
  }

  http_exchange ask(attempt& a, std::string_view answer, bool to_head) {
    connection link{shared, a};
    auto opened = run(link.open("127.0.0.1", server.local_endpoint().port(), ip_version::any, first_word::ours));
    must(opened.has_value(), "the server is there");
    auto peer = server.accept();
    asio::write(peer, asio::buffer(answer));
    peer.shutdown(asio::socket_base::shutdown_send);
    auto x = run(read_reply(link, a, to_head, body_cap));
    peer.set_option(asio::socket_base::linger{true, 0}); // leaves no socket behind that waits for late segments
    return x;
  }
};

void look_at(const http_exchange& x, std::string_view answer) {
  must(x.response || x.failure, "there is an answer or a reason");
  must(!x.reusable || !x.failure, "a connection that failed is not used again");
  if (x.failure)
    must(x.failure->reason == reason::protocol_error && !x.failure->message.empty(), "a reason is said");
  if (!x.response)
    return;
  must(x.response->status >= 101 && x.response->status <= 999, "a status has three digits");
  must(x.response->body.size() <= body_cap && x.response->headers.size() <= 100, "what is read is bounded");
  must(x.response->body.size() <= answer.size(), "nothing is unpacked");
  parse_retry_after(x.response->header("retry-after"), timestamp{std::chrono::hours{500'000}});
}

void look_at(const check_outcome& x) {
  must(x.verdict != verdict::error, "a bad answer is not our fault");
  must(x.verdict == verdict::up || !x.message.empty(), "what is not up is explained");
  must(to_valid_utf8(x.message, 4096) == x.message, "a message is text");
}

void follow(const http_response& x) {
  http_request request;
  request.url = parse_url("https://a.example/b").value();
  request.authorization = "Basic secret";
  request.follow_redirects = true;
  if (auto moved = redirect(request, x); moved && *moved) {
    must(parse_url(request.url.str()).has_value(), "a redirect leads to a URL");
    must(request.authorization.empty() || request.url.same_origin(parse_url("https://a.example/").value()),
         "credentials stay with their origin");
  }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static world w;
  auto answer = fuzz::text_of(data, size);
  auto choice = fuzz::take_choice(answer);
  monitor_spec spec;
  http_check check;
  if ((choice & 2U) != 0)
    check.required_keyword = "ok";
  spec.check = check;
  attempt a{std::chrono::seconds{5}};
  auto x = w.ask(a, answer, (choice & 1U) != 0);
  look_at(x, answer);
  if (x.response)
    follow(*x.response);
  look_at(judge(spec, check, std::move(x), a));
  return 0;
}
