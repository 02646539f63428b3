#include "net/tcp_prober.hpp"

#include <array>

#include "net/check_judgement.hpp"
#include "net/connection.hpp"

namespace gochron::net {

namespace {

constexpr std::size_t max_answer = 64 * 1024; // of one step
constexpr std::size_t max_shown = 60;

failure unseen(const std::string& keyword, const std::string& why) {
  return {reason::keyword_missing, "\"" + to_valid_utf8(keyword, max_shown) + "\" did not come: " + why};
}

// Reads until `keyword` is seen; what came after it stays in `unread` for the next step.
asio::awaitable<outcome<void>> expect(connection& c, attempt& a, std::string& unread, const std::string& keyword) {
  c.expect_first_byte();
  const auto begun = std::chrono::steady_clock::now();
  std::array<char, 4096> chunk;
  for (;;) {
    if (auto at = unread.find(keyword); at != std::string::npos) {
      unread.erase(0, at + keyword.size());
      co_return outcome<void>{};
    }
    if (unread.size() >= max_answer)
      co_return tl::unexpected<failure>(unseen(keyword, "not within 64 KiB of the answer."));
    auto n = co_await c.read_some(asio::buffer(chunk));
    if (!n && n.error().reason == reason::read_timeout)
      co_return tl::unexpected<failure>(unseen(keyword, "the server sent other data and then fell silent."));
    if (!n)
      co_return tl::unexpected<failure>(std::move(n.error()));
    if (*n == 0)
      co_return tl::unexpected<failure>(unseen(keyword, "the server closed the connection."));
    if (!a.timings.first_byte)
      attempt::add(a.timings.first_byte, begun);
    unread.append(chunk.data(), *n);
  }
}

asio::awaitable<outcome<void>> play(connection& c, attempt& a, const std::vector<tcp_step>& script) {
  std::string unread;
  for (const auto& step : script) {
    if (step.send && !step.send->empty()) {
      auto sent = co_await c.write(*step.send);
      if (!sent)
        co_return sent;
    }
    if (step.expect && !step.expect->empty()) {
      auto seen = co_await expect(c, a, unread, *step.expect);
      if (!seen)
        co_return seen;
    }
  }
  co_return outcome<void>{};
}

asio::awaitable<outcome<void>> run(services& s, attempt& a, const monitor_spec& spec, const tcp_check& check) {
  connection c{s, a};
  auto step = co_await c.open(check.host, check.port, spec.ip, first_word::theirs);
  if (!step)
    co_return step;
  const auto name = check.tls_options.server_name.value_or(check.host);
  if (check.tls == tcp_tls::implicit) {
    step = co_await c.secure(check.tls_options, name);
    if (!step)
      co_return step;
  }
  step = co_await play(c, a, check.script);
  if (step && check.tls == tcp_tls::starttls)
    step = co_await c.secure(check.tls_options, name);
  co_return step;
}

std::string bare(std::string_view host) {
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  return std::string{bracketed ? host.substr(1, host.size() - 2) : host};
}

} // namespace

asio::awaitable<check_outcome> probe_tcp(services& s, std::shared_ptr<const monitor_spec> spec) {
  auto check = std::get<tcp_check>(spec->check);
  check.host = bare(check.host);
  const auto started_at = s.clock.now();
  if (!is_valid_host(check.host) || check.port == 0)
    co_return not_made("The host or the port of the monitor is not valid.", started_at);
  attempt a{spec->timeout};
  const auto end = co_await run(s, a, *spec, check);
  auto out = judge(*spec, end, a);
  out.started_at = started_at;
  co_return out;
}

} // namespace gochron::net
