#include <thread>

#include <fmt/format.h>

#include "bench/peers/receiver.hpp"
#include "bench/questions/questions.hpp"

namespace gochron::bench {
namespace {

constexpr std::uint32_t targets = 100;

/// Monitors whose targets begin to fail, and one channel: by a rule that names it, or by the first step of a policy.
class page_bench {
public:
  page_bench(const server_options& where, const question_options& how, report& out)
    : how_(how), out_(out), server_(where) {}
  ~page_bench() {
    if (!server_.own())
      remove_all();
  }
  page_bench(const page_bench&) = delete;
  page_bench& operator=(const page_bench&) = delete;

  void run() {
    make();
    table t{"From the failed round to the first page received",
            {"paged by", "pages", "p50 ms", "p99 ms", "max ms"},
            {},
            {fmt::format("{} targets, a check a second each; from a target's answer that its check judges to the "
                         "arrival of the page: judged, committed, decided, committed again where a policy pages, sent",
                         targets)}};
    for (bool by_policy : {false, true}) {
      auto ms = measure(by_policy);
      t.rows.push_back({by_policy ? "the first step of an escalation policy" : "a rule's channel",
                        std::to_string(ms.size()), figure(ms.median()), figure(ms.quantile(.99)), figure(ms.max())});
    }
    out_.add(std::move(t));
  }

private:
  std::string made(const char* path, const std::string& body) {
    return server_.must("POST", path, body)["id"].GetString();
  }

  void make() {
    channel_ = made("/api/channels",
                    fmt::format(R"({{"name":"bench","type":"webhook","webhook":{{"url":"{}"}}}})", hooks_.url(0)));
    policy_ = made("/api/escalation-policies",
                   fmt::format(R"({{"name":"bench","steps":[{{"key":"first","delay_seconds":0,"targets":)"
                               R"([{{"type":"channel","id":"{}"}}]}}]}})",
                               channel_));
    monitors_ = server_.create("/api/monitors", targets, [&](auto i) {
      return fmt::format(R"({{"name":"bench-subject-{}","type":"http","interval_seconds":1,"timeout_ms":900,)"
                         R"("http":{{"url":"{}"}}}})",
                         i, hooks_.target_url(static_cast<std::uint32_t>(i)));
    });
  }

  // Each time all targets fail, and are good again when every page is there; of that, too, everybody hears.
  samples measure(bool by_policy) {
    rule_ =
        made("/api/alert-rules", by_policy ? fmt::format(R"({{"name":"bench","escalation_policy_id":"{}"}})", policy_)
                                           : fmt::format(R"({{"name":"bench","channel_ids":["{}"]}})", channel_));
    std::this_thread::sleep_for(std::chrono::milliseconds{2500});
    auto& board = hooks_.board();
    samples ms;
    for (int i = 0; i < 2 * how_.repeats; ++i) {
      progress(fmt::format("pages: turn {} of {}", i + 1, 2 * how_.repeats));
      auto first = board.count.load();
      board.target_status = 500;
      wait_for(first + targets);
      for (auto n = first; n < first + targets; ++n)
        ms.add(static_cast<double>(board.entries[n].at_us - board.answered_us[board.entries[n].subject]) / 1000);
      board.target_status = 200;
      wait_for(first + 2 * targets);
    }
    server_.must("DELETE", "/api/alert-rules/" + rule_);
    rule_.clear();
    return ms;
  }

  void wait_for(std::size_t webhooks) {
    if (!eventually(30, [&] { return hooks_.board().count >= webhooks; }))
      throw std::runtime_error(fmt::format("only {} of {} pages came", hooks_.board().count.load(), webhooks));
  }

  void remove_all() {
    try {
      if (!rule_.empty())
        server_.must("DELETE", "/api/alert-rules/" + rule_);
      server_.remove_all("/api/monitors", monitors_);
      server_.must("DELETE", "/api/escalation-policies/" + policy_);
      server_.must("DELETE", "/api/channels/" + channel_);
    } catch (const std::exception& e) {
      fmt::print(stderr, "not all could be removed: {}\n", e.what());
    }
  }

  const question_options& how_;
  report& out_;
  receiver hooks_;
  server server_;
  std::string channel_, policy_, rule_;
  std::vector<std::string> monitors_;
};

} // namespace

void ask_pages(const server_options& where, const question_options& how, report& out) {
  page_bench{where, how, out}.run();
}

} // namespace gochron::bench
