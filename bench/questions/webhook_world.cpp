#include "bench/questions/webhook_world.hpp"

#include <exception>
#include <stdexcept>

#include <fmt/format.h>

namespace gochron::bench {

webhook_world::~webhook_world() {
  if (server_.own())
    return;
  try {
    server_.remove_all("/api/alert-rules", rules_);
    server_.remove_all("/api/monitors", ids_);
    server_.remove_all("/api/channels", channels_);
  } catch (const std::exception& e) {
    fmt::print(stderr, "not all could be removed: {}\n", e.what());
  }
}

void webhook_world::add_jobs(std::uint64_t count) {
  auto made = server_.create_heartbeats(
      count, [first = ids_.size()](auto i) { return fmt::format("bench-subject-{}", first + i); });
  ids_.insert(ids_.end(), made.ids.begin(), made.ids.end());
  paths_.insert(paths_.end(), made.paths.begin(), made.paths.end());
}

void webhook_world::add_channels(const std::vector<std::string>& urls) {
  auto made = server_.create("/api/channels", urls.size(), [&](auto i) {
    return fmt::format(R"({{"name":"bench {}","type":"webhook","webhook":{{"url":"{}","timeout_seconds":5}}}})", i,
                       urls[i]);
  });
  channels_.insert(channels_.end(), made.begin(), made.end());
}

void webhook_world::tell(std::size_t first, std::size_t count) {
  tell_nobody();
  constexpr std::size_t most = 100; // channels a rule
  for (auto end = first + count; first < end; first += most) {
    std::string list;
    for (auto i = first; i < std::min(first + most, end); ++i)
      list += fmt::format("{}\"{}\"", list.empty() ? "" : ",", channels_[i]);
    rules_.push_back(
        server_.must("POST", "/api/alert-rules", fmt::format(R"({{"name":"bench","channel_ids":[{}]}})", list))["id"]
            .GetString());
  }
}

void webhook_world::tell_nobody() {
  server_.remove_all("/api/alert-rules", rules_);
  rules_.clear();
}

void webhook_world::all(bool fail, std::uint64_t count, double rate) const {
  load_plan plan{.to = server_.at(), .connections = 32, .count = count == 0 ? jobs() : count, .rate = rate};
  plan.request = [&](std::uint64_t n) { return request_text("GET", paths_[n] + (fail ? "/fail" : ""), {}); };
  auto done = run(plan);
  if (done.failed + done.lost > 0)
    throw std::runtime_error(fmt::format("{} pings failed", done.failed + done.lost));
}

void webhook_world::wait_for(std::size_t webhooks, double seconds) const {
  if (!eventually(seconds, [&] { return hooks_.board().count >= webhooks; }))
    throw std::runtime_error(
        fmt::format("only {} of {} webhooks came in {} s", hooks_.board().count.load(), webhooks, seconds));
}

} // namespace gochron::bench
