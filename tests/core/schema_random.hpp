#pragma once
#include <random>

#include "gochron/alert_rule.hpp"
#include "gochron/channel.hpp"
#include "gochron/monitor.hpp"
#include "gochron/schedule.hpp"

/// Random specs that the API would accept, for properties that must hold of all of them.
namespace gochron::test {

class random_specs {
public:
  explicit random_specs(std::uint32_t seed) : engine_(seed) {}

  monitor_spec monitor();
  channel_spec channel();
  alert_rule_spec alert_rule();
  schedule_spec schedule();

private:
  std::int64_t number(std::int64_t min, std::int64_t max);
  bool coin() { return number(0, 1) == 1; }
  std::string word();
  std::string prose(); ///< everything JSON has to escape, and multi-byte characters
  std::vector<std::string> tags();
  std::vector<name_value> headers();
  std::vector<event_type> events();
  schedule_layer layer(int number);
  tls_options tls();
  http_check http();
  tcp_check tcp();
  heartbeat_check heartbeat();

  template <class F>
  auto maybe(F make) -> std::optional<decltype(make())> {
    if (coin())
      return make();
    return std::nullopt;
  }
  template <class Id>
  std::vector<Id> ids() {
    std::vector<Id> x(static_cast<std::size_t>(number(0, 5)));
    for (auto& one : x)
      one = Id::make(timestamp{milliseconds{number(0, 1'000'000'000'000)}});
    return x;
  }

  std::mt19937 engine_;
};

} // namespace gochron::test
