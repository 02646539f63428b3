#include "core/schema_random.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace gochron::test {
namespace {

template <class T>
std::vector<T> as_set(std::vector<T> x) {
  std::set<T> sorted{x.begin(), x.end()};
  return {sorted.begin(), sorted.end()};
}

} // namespace

std::int64_t random_specs::number(std::int64_t min, std::int64_t max) {
  return std::uniform_int_distribution<std::int64_t>{min, max}(engine_);
}

std::string random_specs::word() {
  std::string x(static_cast<std::size_t>(number(1, 12)), ' ');
  for (auto& c : x)
    c = static_cast<char>(number('a', 'z'));
  return x;
}

std::string random_specs::prose() {
  static constexpr std::array<const char*, 12> pieces{"a",  " ",    "\"", "\\",   "/", "\n",
                                                      "\t", "\x01", "é",  "日本", "😀", "\x7f"};
  std::string x;
  for (auto n = number(1, 20); n > 0; --n)
    x += pieces[static_cast<std::size_t>(number(0, pieces.size() - 1))];
  return x;
}

std::vector<std::string> random_specs::tags() {
  std::vector<std::string> x(static_cast<std::size_t>(number(0, 5)));
  for (auto& one : x)
    one = coin() ? word() : word() + ':' + word();
  return as_set(std::move(x));
}

std::vector<name_value> random_specs::headers() {
  std::vector<name_value> x(static_cast<std::size_t>(number(0, 4)));
  for (auto& one : x)
    one = {"X-" + word(), coin() ? word() + " \t\"" + word() + "\"" : ""};
  return x;
}

std::vector<event_type> random_specs::events() {
  std::vector<event_type> x(static_cast<std::size_t>(number(1, 5)));
  for (auto& one : x)
    one = static_cast<event_type>(number(0, 4));
  return as_set(std::move(x));
}

tls_options random_specs::tls() {
  return {coin(), maybe([&] { return word() + ".example.com"; }), std::nullopt};
}

http_check random_specs::http() {
  static constexpr std::array<const char*, 3> methods{"GET", "POST", "PUT"};
  http_check x;
  x.url = (coin() ? "https://" : "http://") + word() + ".example:" + std::to_string(number(1, 65535)) + "/" + word();
  x.method = methods[static_cast<std::size_t>(number(0, 2))];
  x.headers = headers();
  x.body = maybe([&] { return prose(); });
  x.auth.type = static_cast<auth_kind>(number(0, 2));
  if (x.auth.type == auth_kind::basic) {
    x.auth.username = word();
    x.auth.password = coin() ? word() : "";
  } else if (x.auth.type == auth_kind::bearer) {
    x.auth.token = word();
  }
  x.follow_redirects = coin();
  x.max_redirects = static_cast<std::uint32_t>(number(0, 20));
  x.expected_status = coin() ? std::vector<std::string>{"2xx"} : std::vector<std::string>{"404", "200-299"};
  x.required_keyword = maybe([&] { return prose(); });
  x.forbidden_keyword = maybe([&] { return prose(); });
  x.tls = tls();
  return x;
}

tcp_check random_specs::tcp() {
  tcp_check x;
  x.host = coin() ? word() + ".example" : "2001:db8::7";
  x.port = static_cast<std::uint16_t>(number(1, 65535));
  x.tls = static_cast<tcp_tls>(number(0, 2));
  x.tls_options = tls();
  for (auto n = number(0, 3); n > 0; --n)
    x.script.push_back({maybe([&] { return prose(); }), prose()});
  return x;
}

heartbeat_check random_specs::heartbeat() {
  heartbeat_check x;
  x.period = seconds{number(1, 31'536'000)};
  x.grace = seconds{number(1, 31'536'000)};
  x.manual_resume = coin();
  x.methods = static_cast<ping_methods>(number(0, 1));
  x.max_body_bytes = static_cast<std::uint32_t>(number(0, 102400));
  return x;
}

monitor_spec random_specs::monitor() {
  monitor_spec x;
  x.name = word();
  x.description = maybe([&] { return prose(); });
  x.runbook_url = maybe([&] { return "https://wiki.example/" + word(); });
  x.key = maybe([&] { return word(); });
  x.tags = tags();
  x.paused = coin();
  x.failure_threshold = static_cast<std::uint32_t>(number(1, 20));
  x.confirmation = seconds{number(0, 3600)};
  x.success_threshold = static_cast<std::uint32_t>(number(1, 20));
  x.recovery = seconds{number(0, 7200)};
  x.managed_by = maybe([&] { return word(); });
  x.expires_at = maybe([&] { return timestamp{milliseconds{number(0, 253'402'300'799'999)}}; });
  if (coin())
    x.flap =
        flap_policy{static_cast<std::uint32_t>(number(2, 100)), seconds{number(60, 43200)}, seconds{number(10, 3600)}};
  switch (number(0, 3)) {
  case 0:
    x.check = http();
    break;
  case 1:
    x.check = tcp();
    break;
  case 2:
    x.check = heartbeat();
    return x;
  default:
    x.check = manual_check{maybe([&] { return seconds{number(60, 2'592'000)}; })};
    x.failure_threshold = x.success_threshold = 1;
    x.confirmation = x.recovery = seconds{0};
    return x;
  }
  x.interval = seconds{number(61, 86400)};
  x.timeout = milliseconds{number(100, 60000)};
  x.degraded_after = maybe([&] { return milliseconds{number(1, x.timeout.count() - 1)}; });
  x.retry = {static_cast<std::uint32_t>(number(0, 10)), seconds{number(0, 300)}};
  x.ip = static_cast<ip_version>(number(0, 2));
  return x;
}

channel_spec random_specs::channel() {
  channel_spec x;
  x.name = word();
  x.enabled = coin();
  if (coin())
    x.events = events();
  x.send_resolved = coin();
  x.managed_by = maybe([&] { return word(); });
  x.target = webhook_target{"https://" + word() + ".example/" + word(), headers(), seconds{number(1, 30)}};
  return x;
}

alert_rule_spec random_specs::alert_rule() {
  alert_rule_spec x;
  x.name = word();
  x.enabled = coin();
  if (coin())
    x.monitor_ids = as_set(ids<monitor_id>());
  else
    x.selector = {tags(), coin() ? std::vector{monitor_type::http, monitor_type::tcp} : std::vector<monitor_type>{}};
  x.events = events();
  x.severity = static_cast<severity>(number(0, 3));
  x.channel_ids = ids<channel_id>();
  std::shuffle(x.channel_ids.begin(), x.channel_ids.end(), engine_);
  x.managed_by = maybe([&] { return word(); });
  return x;
}

schedule_layer random_specs::layer(int number_of_it) {
  schedule_layer x;
  x.key = "layer." + std::to_string(number_of_it);
  x.name = word();
  x.priority = static_cast<std::int32_t>(number(-1000, 1000));
  x.rotation.unit = static_cast<rotation_unit>(number(0, 3));
  x.rotation.length = static_cast<std::int32_t>(number(1, 1000));
  x.rotation.anchor = local_seconds{seconds{number(0, 2'145'916'799)}}; // to the end of 2037
  for (auto n = number(1, 4); n > 0; --n)
    if (auto turn = as_set(ids<user_id>()); !turn.empty())
      x.members.push_back(std::move(turn));
  if (x.members.empty())
    x.members.push_back({user_id::make(timestamp{})});
  if (coin())
    x.restrictions.push_back({{weekday::monday, weekday::sunday},
                              std::chrono::minutes{number(0, 1439)},
                              std::chrono::minutes{number(0, 1439)}});
  return x;
}

schedule_spec random_specs::schedule() {
  schedule_spec x;
  x.name = word();
  x.description = maybe([&] { return prose(); });
  x.time_zone = coin() ? "Europe/Paris" : "Asia/Kathmandu";
  for (int i = 0; i < number(0, 3); ++i)
    x.layers.push_back(layer(i));
  x.on_edit = static_cast<edit_effect>(number(0, 1));
  x.managed_by = maybe([&] { return word(); });
  return x;
}

} // namespace gochron::test
