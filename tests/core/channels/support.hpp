#pragma once
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "core/channels/kind.hpp"
#include "core/event_body.hpp"
#include "core/schema/json.hpp"
#include "core/schema/resources.hpp"

namespace gochron::testing {

using namespace core;
using namespace std::chrono_literals;

/// An incident whose events a channel sends; change it before asking for one.
struct story {
  event happened;
  incident about;
  monitor_record monitor;
  monitor_runtime runtime;
  channel_record channel;
  delivery owed;
  sending_options options{{}, "alerts@gochron.example"};
  std::string by = {}; ///< as said()

  /// `settings`: of the type, JSON.
  story(std::string_view type, std::string_view settings) {
    happened.id = *event_id::parse("evt_01h455vb4pex5vsknk084sn02q");
    happened.at = timestamp{1'700'000'000'000ms};
    happened.sequence = 1;
    about.id = *incident_id::parse("inc_01h455vb4pex5vsknk084sn02r");
    about.title = "API is down: connection refused";
    about.severity = severity::critical;
    about.monitor_name = "API";
    about.cause = {reason::connect_refused, "Connection refused."};
    about.started_at = timestamp{1'699'999'940'000ms};
    about.opened_at = happened.at;
    happened.incident = about.id;
    monitor.id = *monitor_id::parse("mon_01h455vb4pex5vsknk084sn02s");
    monitor.spec.name = "API";
    monitor.spec.tags = {"env:prod", "shop"};
    http_check http;
    http.url = "https://api.example/health?a=1&b=2";
    monitor.spec.check = http;
    runtime.state.status = monitor_status::down;
    channel.id = *channel_id::parse("chn_01h455vb4pex5vsknk084sn02t");
    owed.id = *delivery_id::parse("dlv_01h455vb4pex5vsknk084sn02v");
    auto body = R"({"name":"Ops","type":")" + std::string{type} + R"(",")" + std::string{type} +
                "\":" + std::string{settings} + "}";
    auto spec = core::create<channel_spec>(body);
    if (!spec)
      for (const auto& v : spec.error().violations)
        UNSCOPED_INFO(v.pointer << ": " << v.detail);
    REQUIRE(spec);
    channel.spec = *spec;
  }

  story& tells(event_type type) {
    happened.type = type;
    happened.sequence = 2;
    return *this;
  }
  story& acknowledged() {
    happened.type = event_type::incident_acknowledged;
    happened.sequence = 2;
    about.state = incident_state::acknowledged;
    about.acknowledged_by = "token:night";
    return *this;
  }
  story& resolved() {
    happened.type = event_type::incident_resolved;
    happened.sequence = 3;
    about.state = incident_state::resolved;
    about.recovered_at = about.started_at + 90s;
    about.resolved_at = about.started_at + 120s;
    about.resolved_by = "system";
    return *this;
  }

  outgoing sent() {
    return sent_with(render_event(happened, about, monitor, runtime, nullptr, "https://g.example", nullptr, by));
  }
  /// The sample that `POST /test` sends.
  outgoing sample() {
    happened.type = event_type::channel_test;
    happened.incident.reset();
    return sent_with(render_channel_event(happened, channel, "", "https://g.example"));
  }
  webhook_post post() { return std::get<webhook_post>(sent()); }
  /// The body of what is posted, as JSON.
  json_value body() { return parsed(*post().body); }

  static json_value parsed(std::string_view json) {
    auto x = parse_json(json);
    REQUIRE(x);
    return *x;
  }

private:
  outgoing sent_with(std::string body) {
    owed.event = happened;
    owed.event.body = std::make_shared<const std::string>(std::move(body));
    auto out = kind_of(channel).render({owed, channel, happened.at + 1s, options, nullptr});
    REQUIRE(out);
    return *out;
  }
};

inline std::string header_of(const webhook_post& x, std::string_view name) {
  for (const auto& h : x.headers)
    if (h.name == name)
      return h.value;
  return {};
}

/// The text at a path of members and indices: `text_at(x, "embeds", 0, "title")`.
inline const json_value& at(const json_value& x) {
  return x;
}
template <class First, class... Rest>
const json_value& at(const json_value& x, First first, Rest... rest) {
  if constexpr (std::is_integral_v<First>) {
    const auto* items = x.as<json_array>();
    REQUIRE(items);
    REQUIRE(items->size() > static_cast<std::size_t>(first));
    return at((*items)[static_cast<std::size_t>(first)], rest...);
  } else {
    INFO(first);
    const auto* member = x.find(first);
    REQUIRE(member);
    return at(*member, rest...);
  }
}
template <class... Path>
std::string text_at(const json_value& x, Path... path) {
  const auto* text = at(x, path...).template as<std::string>();
  REQUIRE(text);
  return *text;
}

inline delivery_attempt answered(std::uint16_t status, std::string body = {}) {
  delivery_attempt x;
  x.status = status;
  x.response_body = std::move(body);
  return x;
}

inline receipt judged(channel_type type, std::uint16_t status, std::string body = {}) {
  return kind_of(type).judge(answered(status, std::move(body)));
}

inline std::string many(std::string_view x, std::size_t times) {
  std::string out;
  while (times-- > 0)
    out += x;
  return out;
}

} // namespace gochron::testing
