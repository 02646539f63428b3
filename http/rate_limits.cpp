#include "http/rate_limits.hpp"

#include <algorithm>
#include <cstring>
#include <random>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace gochron::http {
namespace {

core::rate_time monotonic_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::int64_t whole_seconds(std::chrono::nanoseconds x) {
  return std::chrono::ceil<std::chrono::seconds>(x).count();
}

error refused(std::string_view whose, const core::rate_policy& p, const core::rate_verdict& v) {
  error e;
  e.code = errc::rate_limited;
  e.detail = fmt::format("{} may ask {} times in {} s.", whose, p.quota, whole_seconds(p.window));
  e.retry_after = std::chrono::seconds{std::max<std::int64_t>(whole_seconds(v.retry_after), 1)};
  return e;
}

// The finaliser of MurmurHash3: every bit of the input reaches every bit of the result.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

} // namespace

std::size_t rate_table::hash::operator()(const rate_key& k) const {
  std::uint64_t halves[2];
  std::memcpy(halves, k.whose.bytes.data(), sizeof halves);
  return mixed(mixed(mixed(seed ^ halves[0]) ^ halves[1]) ^ k.part);
}

rate_table::rate_table() {
  std::random_device random;
  hash_.seed = (std::uint64_t{random()} << 32) | random();
  for (auto& p : parts_)
    p.buckets = decltype(p.buckets){16, hash_};
}

core::rate_bucket& rate_table::bucket(part& p, const rate_key& k, core::rate_time now, core::rate_bucket first) {
  if (auto it = p.buckets.find(k); it != p.buckets.end())
    return it->second;
  // A part that is full of buckets which are not is looked through once a second at most.
  if (p.buckets.size() >= p.sweep_at && (p.sweep_at < most_in_part || now - p.swept_at >= std::chrono::seconds{1})) {
    p.swept_at = now;
    std::erase_if(p.buckets, [now](const auto& x) { return x.second.is_full(now); });
    p.sweep_at = std::clamp<std::size_t>(2 * p.buckets.size(), 256, most_in_part);
  }
  if (p.buckets.size() >= most_in_part)
    return p.buckets.try_emplace(rate_key{}, first).first->second;
  return p.buckets.try_emplace(k, first).first->second;
}

core::rate_verdict rate_table::take(const rate_key& k, const core::rate_policy& p, core::rate_time now,
                                    core::rate_bucket first) {
  auto& of = parts_[hash_(k) % parts_.size()];
  std::lock_guard lock{of.mutex};
  return core::take(bucket(of, k, now, first), p, now);
}

core::rate_verdict rate_table::look(const rate_key& k, const core::rate_policy& p, core::rate_time now) {
  auto& of = parts_[hash_(k) % parts_.size()];
  std::lock_guard lock{of.mutex};
  auto it = of.buckets.find(k);
  return core::look(it == of.buckets.end() ? core::rate_bucket{} : it->second, p, now);
}

core::rate_verdict rate_table::give_back(const rate_key& k, const core::rate_policy& p, core::rate_time now) {
  auto& of = parts_[hash_(k) % parts_.size()];
  std::lock_guard lock{of.mutex};
  auto it = of.buckets.find(k);
  if (it == of.buckets.end()) // it is full, and forgotten
    return core::look({}, p, now);
  core::give_back(it->second, p);
  return core::look(it->second, p, now);
}

std::size_t rate_table::size() const {
  std::size_t sum = 0;
  for (auto& p : parts_) {
    std::lock_guard lock{p.mutex};
    sum += p.buckets.size();
  }
  return sum;
}

rate_limits::rate_limits(const rate_options& options, timestamp started)
  : options_(options), started_(started), start_(monotonic_now()) {}

std::optional<error> rate_limits::charge(rate_charge& to, token_id whose, timestamp made_at) {
  auto& p = options_.token;
  if (!p.limits())
    return std::nullopt;
  rate_key key{whose.value, 0};
  auto first = made_at < started_ ? core::begun(p, start_) : core::rate_bucket{};
  auto v = tokens_.take(key, p, monotonic_now(), first);
  to.lines.push_back({"default", key, p, v});
  return v.allowed ? std::nullopt : std::optional{refused("A token", p, v)};
}

// The past of an organisation's writes is not known after a start either; but a minute without any would be felt, so
// these buckets begin full: a plan's cap, unlike the rate, is no protection of this process.
std::optional<error> rate_limits::charge_write(rate_charge& to, org_id org, std::string_view noun,
                                               std::int64_t writes_a_minute) {
  core::rate_policy p{writes_a_minute, std::chrono::minutes{1}};
  rate_key key{org.value, std::hash<std::string_view>{}(noun)};
  auto v = writes_.take(key, p, monotonic_now(), {});
  to.lines.push_back({"writes", key, p, v});
  if (v.allowed)
    return std::nullopt;
  return refused(fmt::format("With this plan, writers of {}", noun), p, v);
}

std::optional<error> rate_limits::charge_address(rate_table& of, const core::rate_policy& p, std::string_view ip) {
  auto whose = p.limits() ? rate_address(ip) : std::nullopt;
  if (!whose)
    return std::nullopt;
  auto v = of.take({*whose, 0}, p, monotonic_now(), {});
  return v.allowed ? std::nullopt : std::optional{refused("An address", p, v)};
}

std::optional<error> rate_limits::charge_anonymous(std::string_view ip) {
  return charge_address(addresses_, options_.anonymous, ip);
}

std::optional<error> rate_limits::charge_ping(std::string_view ip) {
  return charge_address(pings_, options_.pings, ip);
}

bool rate_limits::is_exhausted(std::string_view ip) {
  auto whose = options_.anonymous.limits() ? rate_address(ip) : std::nullopt;
  return whose && !addresses_.look({*whose, 0}, options_.anonymous, monotonic_now()).allowed;
}

void rate_limits::give_back(rate_charge& x) {
  for (auto& line : x.lines)
    if (line.name == "default")
      line.verdict = tokens_.give_back(line.key, line.policy, monotonic_now());
}

void add_rate_headers(std::vector<header>& to, const rate_charge& x) {
  if (x.lines.empty())
    return;
  std::string policies, states;
  const rate_charge::line* tightest = nullptr;
  for (auto& line : x.lines) {
    auto comma = policies.empty() ? "" : ", ";
    policies += fmt::format("{}\"{}\";q={};w={}", comma, line.name, line.policy.quota,
                            std::max<std::int64_t>(whole_seconds(line.policy.window), 1));
    states += fmt::format("{}\"{}\";r={};t={}", comma, line.name, line.verdict.remaining,
                          whole_seconds(line.verdict.until_full));
    if (!tightest || line.verdict.remaining < tightest->verdict.remaining)
      tightest = &line;
  }
  to.push_back({"RateLimit-Policy", std::move(policies)});
  to.push_back({"RateLimit", std::move(states)});
  to.push_back({"X-RateLimit-Limit", std::to_string(tightest->policy.quota)});
  to.push_back({"X-RateLimit-Remaining", std::to_string(tightest->verdict.remaining)});
  to.push_back({"X-RateLimit-Reset", std::to_string(whole_seconds(tightest->verdict.until_full))});
}

std::optional<uuid> rate_address(std::string_view ip) {
  char text[INET6_ADDRSTRLEN]{};
  if (ip.empty() || ip.size() >= sizeof text)
    return std::nullopt;
  std::memcpy(text, ip.data(), ip.size());
  uuid x;
  if (inet_pton(AF_INET, text, x.bytes.data() + 12) == 1) {
    x.bytes[10] = x.bytes[11] = 0xff;
    return x;
  }
  if (inet_pton(AF_INET6, text, x.bytes.data()) != 1)
    return std::nullopt;
  std::fill(x.bytes.begin() + 8, x.bytes.end(), std::uint8_t{0});
  return x;
}

} // namespace gochron::http
