#include "core/schema/common.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

using how = const write_options&;
constexpr std::string_view some_instant = R"("2026-01-31T12:00:00.000Z")";

void add_event(object_schema<delivery>& s) {
  s.computed("event_id", identifier<event_id>(), {.doc = "The `webhook-id` of each attempt."},
             [](const delivery& x, how) { return x.event.id; });
  s.computed("event_type", enumeration<event_type>(), {.doc = "What happened.", .example = R"("incident.opened")"},
             [](const delivery& x, how) { return x.event.type; });
  s.maybe("incident_id", identifier<incident_id>(), {.doc = "What it is about.", .example = "null"},
          [](const delivery& x, how) { return x.event.incident; });
  s.computed("sequence", count<std::int64_t>(), {.doc = "Of the event within its incident.", .example = "1"},
             [](const delivery& x, how) { return x.event.sequence; });
}

object_ptr<carrier_report> carrier_report_schema() {
  auto s = std::make_shared<object_schema<carrier_report>>("CarrierReport", "What the carrier of a text message said.");
  s->property("state", &carrier_report::state, enumeration<carrier_state>(),
              {.doc = "`sent` until it is known whether it arrived.", .example = R"("delivered")", .read_only = true});
  s->maybe("code", any_text(), {.doc = "The provider's own, of what went wrong.", .example = "null"},
           [](const carrier_report& x, how) { return non_empty(x.code); });
  s->property("at", &carrier_report::at, instant(),
              {.doc = "When it was said.", .example = some_instant, .read_only = true});
  return s;
}

struct response_seen {
  std::uint16_t status = 0;
  header_pairs headers;
  std::string body;
};

object_ptr<response_seen> response_schema() {
  auto s = std::make_shared<object_schema<response_seen>>("AttemptResponse", "What the receiver answered.");
  s->property("status", &response_seen::status, integer<std::uint16_t>(0, 999),
              {.doc = "The status of HTTP, or for mail the reply code of SMTP.", .example = "204", .read_only = true});
  s->property("headers", &response_seen::headers, header_pairs_type(), {.doc = "In their order.", .read_only = true});
  s->property("body", &response_seen::body, any_text(),
              {.doc = "At most 16 KiB.", .example = R"("")", .read_only = true});
  return s;
}

void add_exchange(object_schema<delivery_attempt>& s) {
  using row = const delivery_attempt&;
  s.property("timings_ms", &delivery_attempt::timings, timings_schema(), {.doc = "The phases.", .read_only = true});
  s.maybe("remote_ip", any_text(), {.doc = "Null when no connection was tried.", .example = R"("192.0.2.7")"},
          [](row x, how) { return non_empty(x.remote_ip); });
  s.computed("succeeded", boolean(), {.doc = "Whether the receiver accepted.", .example = "true"},
             [](row x, how) { return x.ok(); });
  s.maybe<response_seen>("response", response_schema(), {.doc = "Null when there was none."}, [](row x, how) {
    return x.status == 0 ? std::nullopt : std::optional{response_seen{x.status, x.response_headers, x.response_body}};
  });
  s.maybe("error", enumeration<reason>(), {.doc = "Why it failed; null when the receiver accepted.", .example = "null"},
          [](row x, how) { return x.error == reason::none ? std::nullopt : std::optional{x.error}; });
  s.maybe("message", any_text(), {.doc = "A sentence, when it failed.", .example = "null"},
          [](row x, how) { return non_empty(x.message); });
}

// A channel, or a contact method and its user.
template <class T>
void add_receiver(object_schema<T>& s) {
  s.maybe("channel_id", identifier<channel_id>(), {.doc = "To which channel; null: to a user."},
          [](const T& x, how) { return x.user ? std::nullopt : std::optional{x.channel}; });
  s.maybe("contact_method_id", identifier<contact_method_id>(),
          {.doc = "By which contact method of a user; null: to a channel.", .example = "null"},
          [](const T& x, how) { return x.user ? std::optional{contact_method_of(x.channel)} : std::nullopt; });
  s.maybe("user_id", identifier<user_id>(), {.doc = "To which user; null: to a channel.", .example = "null"},
          [](const T& x, how) { return x.user; });
}

} // namespace

object_ptr<delivery> delivery_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<delivery>>("Delivery", "One event owed to one channel.");
    s->property("id", &delivery::id, identifier<delivery_id>(), {.doc = "Given by us.", .read_only = true});
    add_receiver(*s);
    s->property("rule_id", &delivery::rule, identifier<rule_id>(),
                {.doc = "The rule that asked for it; null for tests.", .example = "null", .read_only = true});
    add_event(*s);
    s->property("state", &delivery::state, enumeration<delivery_state>(),
                {.doc = "`pending` until it is accepted or given up.", .example = R"("succeeded")", .read_only = true});
    s->property("attempts", &delivery::attempts, count<std::int32_t>(),
                {.doc = "How many were made.", .example = "1", .read_only = true});
    s->property("created_at", &delivery::created_at, instant(),
                {.doc = "When it was owed.", .example = some_instant, .read_only = true});
    s->property("next_attempt_at", &delivery::next_attempt_at, instant(),
                {.doc = "Set while pending.", .example = "null", .read_only = true});
    s->property("finished_at", &delivery::finished_at, instant(),
                {.doc = "When it left `pending`.", .example = some_instant, .read_only = true});
    s->maybe("last_error", any_text(), {.doc = "Why the last attempt failed.", .example = "null"},
             [](const delivery& x, how) { return non_empty(x.last_error); });
    s->maybe<carrier_report>(
        "report", carrier_report_schema(),
        {.doc = "What became of it after it was accepted, where the receiver's provider tells: text messages.",
         .example = "null"},
        [](const delivery& x, how) { return x.report; });
    return s;
  }();
  return schema;
}

object_ptr<delivery_attempt> delivery_attempt_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<delivery_attempt>>("Attempt", "One try at a delivery.");
    s->property("id", &delivery_attempt::id, identifier<attempt_id>(), {.doc = "Given by us.", .read_only = true});
    s->property("delivery_id", &delivery_attempt::delivery, identifier<delivery_id>(),
                {.doc = "Of which delivery.", .read_only = true});
    add_receiver(*s);
    s->property("number", &delivery_attempt::number, count<std::int32_t>(),
                {.doc = "Counts from 1.", .example = "1", .read_only = true});
    s->property("started_at", &delivery_attempt::started_at, instant(),
                {.doc = "When it began.", .example = some_instant, .read_only = true});
    s->property("duration_ms", &delivery_attempt::duration, count<milliseconds>(),
                {.doc = "How long it took.", .example = "84", .read_only = true});
    add_exchange(*s);
    return s;
  }();
  return schema;
}

} // namespace gochron::core
