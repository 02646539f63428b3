#include "net/resolver.hpp"

#include <algorithm>
#include <stdexcept>

#include "net/address.hpp"

namespace gochron::net {

using namespace std::chrono_literals;

namespace {

// How long a family that has answered waits for the other (RFC 8305, "Resolution Delay").
constexpr milliseconds resolution_delay{50};

// Questions that are asked a second time, at once.
constexpr std::size_t most_again = 256;

monotonic_time now() {
  return std::chrono::steady_clock::now();
}

bool of_family(const ip_address& x, ip_version wanted) {
  return wanted == ip_version::any || x.is_v6() == (wanted == ip_version::v6);
}

std::string family_text(ip_version wanted) {
  return wanted == ip_version::any ? "" : wanted == ip_version::v4 ? "IPv4 " : "IPv6 ";
}

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

tl::unexpected<failure> no_address(const std::string& host, ip_version wanted) {
  return failed(reason::dns_nxdomain, host + " has no " + family_text(wanted) + "address.");
}

tl::unexpected<failure> failure_of(dns_status s, const std::string& host, ip_version wanted) {
  switch (s) {
  case dns_status::nxdomain:
    return failed(reason::dns_nxdomain, host + " does not exist in DNS.");
  case dns_status::servfail:
    return failed(reason::dns_servfail, "The name servers failed to resolve " + host + ".");
  case dns_status::timeout:
    return failed(reason::dns_timeout, "Resolving " + host + " took too long.");
  case dns_status::unusable:
    return our_fault("No name server could be asked for " + host + ".");
  case dns_status::closed:
    return our_fault("The resolver is shutting down.");
  case dns_status::ok:
  case dns_status::no_data:
    break;
  }
  return no_address(host, wanted);
}

// What is told when both families failed, the most telling first. A refusal before a time-out: of two questions to a
// server that is not there, c-ares sees the refusal of one only.
constexpr std::array by_weight{dns_status::closed,   dns_status::nxdomain, dns_status::unusable,
                               dns_status::servfail, dns_status::timeout,  dns_status::no_data};

} // namespace

struct resolver::waiter {
  asio::steady_timer timer;
  monotonic_time until;
  int outstanding = 0;
};

struct resolver::entry {
  bool pending = true;
  dns_status status = dns_status::timeout;
  std::vector<ip_address> addresses;
  monotonic_time expires{};
  std::vector<std::shared_ptr<waiter>> waiters;
};

resolver::resolver(asio::io_context& io, const dns_options& options)
  : io_(io), options_(options), channel_(io, options) {
  servers_ = channel_.servers();
}

resolver::~resolver() = default;

asio::awaitable<outcome<std::vector<ip_address>>> resolver::resolve(std::string host, ip_version wanted,
                                                                    monotonic_time deadline) {
  if (auto literal = parse_address(host)) {
    if (!of_family(*literal, wanted))
      co_return no_address(host, wanted);
    co_return std::vector<ip_address>{*literal};
  }
  std::transform(host.begin(), host.end(), host.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (host.ends_with('.'))
    host.pop_back();
  auto w = std::make_shared<waiter>(waiter{asio::steady_timer{io_}, deadline});
  std::vector<std::shared_ptr<entry>> asked;
  for (bool v6 : {false, true}) {
    if (wanted != ip_version::any && v6 != (wanted == ip_version::v6))
      continue;
    auto e = look_up(host, v6);
    if (e->pending) {
      e->waiters.push_back(w);
      ++w->outstanding;
    } else if (!e->addresses.empty()) {
      w->until = std::min(w->until, now() + resolution_delay);
    }
    asked.push_back(std::move(e));
  }
  while (w->outstanding > 0 && now() < w->until) {
    error_code ec;
    w->timer.expires_at(w->until);
    co_await w->timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
  co_return settled(asked, host, wanted);
}

outcome<std::vector<ip_address>> resolver::settled(const std::vector<std::shared_ptr<entry>>& asked,
                                                   const std::string& host, ip_version wanted) {
  std::vector<ip_address> out;
  for (const auto& e : asked)
    out.insert(out.end(), e->addresses.begin(), e->addresses.end());
  if (!out.empty())
    return out;
  for (auto s : by_weight)
    for (const auto& e : asked)
      if (e->status == s)
        return failure_of(s, host, wanted);
  return no_address(host, wanted);
}

std::shared_ptr<resolver::entry> resolver::look_up(const std::string& host, bool v6) {
  const auto key = host + (v6 ? "/6" : "/4");
  if (auto at = entries_.find(key); at != entries_.end()) {
    if (at->second->pending || now() < at->second->expires)
      return at->second;
    entries_.erase(at);
  }
  make_room();
  auto e = std::make_shared<entry>();
  entries_.emplace(key, e);
  auto local = is_localhost(host) ? std::vector<ip_address>{} : channel_.from_hosts_file(host, v6);
  if (is_localhost(host))
    local.push_back(v6 ? ip_address{asio::ip::address_v6::loopback()} : ip_address{asio::ip::address_v4::loopback()});
  if (!local.empty())
    complete(*e, {dns_status::ok, std::move(local), 0s});
  else
    channel_.query(host, v6, [this, q = question{host, v6, e}](dns_answer a) { settle(q, std::move(a)); });
  return e;
}

void resolver::settle(question q, dns_answer answer) {
  bool cut = answer.truncated && q.over == dns_channel::transport::udp;
  bool ill = answer.status == dns_status::servfail || answer.status == dns_status::unusable;
  if (cut)
    q.over = dns_channel::transport::tcp;
  else
    ++q.first_server;
  if (!closed_ && (cut || (ill && q.first_server < servers_.size())) && again_->size() < most_again)
    return ask_again(std::move(q), std::move(answer));
  complete(*q.answer, std::move(answer));
}

// On a channel of its own: what happens to its connection is nobody else's concern.
void resolver::ask_again(question q, dns_answer answer) {
  auto options = options_;
  options.nameservers.assign(servers_.begin() + static_cast<std::ptrdiff_t>(q.first_server), servers_.end());
  try {
    again_->emplace_back(io_, options, q.over);
  } catch (const std::runtime_error&) {
    return complete(*q.answer, std::move(answer));
  }
  auto own = std::prev(again_->end());
  own->query(q.host, q.v6, [this, q, own, all = std::weak_ptr{again_}](dns_answer a) {
    // Not from inside its own call.
    asio::post(io_, [own, all] {
      if (auto list = all.lock())
        list->erase(own);
    });
    settle(q, std::move(a));
  });
}

void resolver::close() {
  closed_ = true;
  for (auto& x : *again_)
    x.close();
  channel_.close();
}

void resolver::complete(entry& e, dns_answer answer) {
  e.pending = false;
  e.status = answer.status;
  e.addresses = std::move(answer.addresses);
  auto keep = 0s;
  if (e.status == dns_status::ok)
    keep = std::clamp(answer.ttl, options_.min_ttl, options_.max_ttl);
  else if (e.status == dns_status::nxdomain || e.status == dns_status::no_data)
    keep = options_.negative_ttl;
  e.expires = now() + keep;
  for (const auto& w : std::exchange(e.waiters, {})) {
    --w->outstanding;
    if (!e.addresses.empty())
      w->until = std::min(w->until, now() + resolution_delay);
    w->timer.cancel();
  }
}

void resolver::make_room() {
  for (auto at = entries_.begin(); entries_.size() >= options_.max_entries && at != entries_.end();)
    at = at->second->pending ? std::next(at) : entries_.erase(at);
}

} // namespace gochron::net
