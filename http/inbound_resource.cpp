#include "core/inbound/parse.hpp"
#include "core/inbound/schemas.hpp"
#include "core/schema/incident_requests.hpp"
#include "http/configured.hpp"

/// Where other systems push what they notice. The key in the URL says whose it is and lets in.
namespace gochron::http {
namespace {

void take(call c) {
  if (refused_parameters(c))
    return;
  auto signals = core::parse_signals(*c.request().body);
  // Whoever does not know a key learns nothing from how a body is read.
  using answers = std::vector<signal_answer>;
  auto answer = [c, refused = signals ? std::optional<error>{} : signals.error()](result<answers> x) {
    if (!x && x.error().code == errc::not_found) // as for a key that never was
      return c.refuse({errc::not_found, "No such inbound URL.", {}, {}, {}});
    if (!x)
      return c.refuse(x.error());
    if (refused)
      return c.refuse(*refused);
    auto r = c.shown(core::signal_report{std::move(*x)}, *core::signal_report_schema());
    r.status = 202;
    c.answer(std::move(r));
  };
  c.with().engine.receive(c.param("key"), signals ? std::move(*signals) : std::vector<incident_signal>{},
                          reply_to<answers>{std::move(answer)});
}

} // namespace

operations inbound_operations() {
  operation op;
  op.method = "POST";
  op.path = "/in/{key}";
  op.id = "receiveSignals";
  op.tag = "Pings";
  op.summary = "Push an incident";
  op.doc = "Opens, acknowledges or resolves incidents of a manual monitor: its `inbound_url`, which needs no token. "
           "Understood are this format, PagerDuty's (Events API v2: `event_action`, `payload`) and Alertmanager's "
           "webhook (version 4: each alert an incident, its fingerprint the `dedup_key`); which it is, the body says. "
           "Repeating is safe: while an incident with the key is open there is no second one. 409 while the monitor is "
           "paused, 503 when it has 1,000 open incidents: try again later.";
  std::string own{core::example_of_signal()};
  op.body = body_spec{core::inbound_body_info(), core::schema_use::request, own, true};
  op.body->examples = {{"gochron", own},
                       {"pagerduty", std::string{core::example_of_pager_event()}},
                       {"alertmanager", std::string{core::example_of_alertmanager()}}};
  op.ok = {202, "What became of each.", core::signal_report_schema()->info()};
  op.problems = {400, 404, 409, 413, 422, 503};
  op.rate = rate_class::ping;
  op.run = take;
  return {op};
}

} // namespace gochron::http
