#include "core/incident_text.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "core/names.hpp"

using namespace gochron;
using namespace gochron::core;
using namespace std::chrono_literals;

TEST_CASE("a token that is nobody's is called by its name") {
  change_origin from;
  CHECK(said(from).empty());
  from.who = "user:Ada Lovelace";
  CHECK(said(from) == "Ada Lovelace");
  from.who = "sms:+15550100";
  CHECK(said(from) == "sms:+15550100");
  from.who = "token:tok_01jd9e6h6gf4g8w1q6v5q8z3ab";
  from.token_name = "ci";
  CHECK(said(from) == "token \"ci\"");
  CHECK(acknowledged_message(said(from)) == "Acknowledged by token \"ci\".");
}

TEST_CASE("every reason has a phrase of its own") {
  std::set<std::string_view> seen;
  auto names = names_of<reason>();
  for (std::size_t i = 1; i < names.size(); ++i) {
    INFO(names[i]);
    CHECK_FALSE(phrase_of(static_cast<reason>(i)).empty());
    CHECK(seen.insert(phrase_of(static_cast<reason>(i))).second);
  }
  CHECK(phrase_of(reason::none).empty());
  CHECK(phrase_of(reason::connect_refused) == "connection refused");
  CHECK(phrase_of(reason::missed_ping) == "missed ping");
  CHECK(phrase_of(reason::probe_error) == "the probe failed");
}

TEST_CASE("durations are spelled in their two largest units") {
  const std::pair<seconds, const char*> table[] = {
      {-5s, "0 s"},    {0s, "0 s"},          {59s, "59 s"},
      {60s, "1 min"},  {250s, "4 min 10 s"}, {3600s, "1 h"},
      {3659s, "1 h"},  {3660s, "1 h 1 min"}, {86399s, "23 h 59 min"},
      {86400s, "1 d"}, {93600s, "1 d 2 h"},  {864000s + 3599s, "10 d"},
  };
  for (const auto& [x, text] : table)
    CHECK(spell(x) == text);
}

TEST_CASE("an incident is told in sentences") {
  incident x;
  x.monitor_name = "API";
  x.cause = {reason::connect_refused, "127.0.0.1:80 refused the connection."};
  x.title = incident_title(x.monitor_name, x.cause);
  x.started_at = timestamp{1'700'000'000'000ms};
  x.opened_at = x.started_at;
  CHECK(x.title == "API is down: connection refused");
  CHECK(incident_title("API", {}) == "API is down");
  CHECK(opened_message(x) == "API is down: connection refused. 127.0.0.1:80 refused the connection.");
  x.opened_at += 120s;
  x.cause.message.clear();
  CHECK(opened_message(x) == "API is down: connection refused (confirmed after 2 min)");

  x.acknowledged_by = "token:tok_1";
  CHECK(acknowledged_message(x.acknowledged_by) == "Acknowledged by token:tok_1.");
  x.acknowledged_by = "user:Ada Lovelace";
  CHECK(acknowledged_message(x.acknowledged_by) == "Acknowledged by Ada Lovelace.");
  x.resolved_by = "system";
  CHECK(resolved_message(x, x.resolved_by) == "Resolved by system.");
  x.recovered_at = x.started_at + 250s;
  CHECK(resolved_message(x, x.resolved_by) == "API recovered after 4 min 10 s.");
}

TEST_CASE("the fate of a notification is told in sentences") {
  CHECK(notified_message("Ops", event_type::incident_opened, 1) == "Sent incident.opened to Ops.");
  CHECK(notified_message("Ops", event_type::incident_resolved, 3) == "Sent incident.resolved to Ops at attempt 3.");
  CHECK(notification_failed_message("Ops", event_type::incident_opened, "status 500") ==
        "Gave up sending incident.opened to Ops: status 500");
  CHECK(channel_disabled_message("Ops", "gone") == "Disabled Ops: its receiver is gone.");
  CHECK(channel_disabled_message("Ops", "five_days_of_failures") == "Disabled Ops: five days of nothing but failures.");
}
