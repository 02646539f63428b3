#include "core/event_body.hpp"

#include <fmt/format.h>

#include "core/schema/common.hpp"
#include "core/schema/maintenance.hpp"
#include "core/schema/read_models.hpp"

namespace gochron::core {
namespace {

using facts = const event_facts&;
using how = const write_options&;

template <class T>
std::optional<T> copy_of(const T* x) {
  return x ? std::optional{*x} : std::nullopt;
}

// What is watched, as a person would say it. Never the headers or the body: they may carry credentials.
std::optional<std::string> target_of(const monitor_spec& x) {
  if (auto http = std::get_if<http_check>(&x.check))
    return http->url;
  if (auto tcp = std::get_if<tcp_check>(&x.check)) {
    bool bare = tcp->host.find(':') == std::string::npos;
    return bare ? fmt::format("{}:{}", tcp->host, tcp->port) : fmt::format("[{}]:{}", tcp->host, tcp->port);
  }
  return std::nullopt;
}

void add_monitor_spec(object_schema<event_facts>& s) {
  s.computed("id", identifier<monitor_id>(), {.doc = "The monitor."}, [](facts x, how) { return x.monitor->id; });
  s.computed("name", any_text(), {.doc = "Its name.", .example = R"("Shop front page")"},
             [](facts x, how) { return x.monitor->spec.name; });
  s.computed("type", enumeration<monitor_type>(), {.doc = "Its type.", .example = R"("http")"},
             [](facts x, how) { return x.monitor->spec.type(); });
  s.maybe("key", any_text(), {.doc = "Your own name for it.", .example = "null"},
          [](facts x, how) { return x.monitor->spec.key; });
  s.maybe("description", any_text(), {.doc = "For whoever is woken.", .example = "null"},
          [](facts x, how) { return x.monitor->spec.description; });
  s.maybe("runbook_url", any_text(), {.doc = "Where it is written what to do.", .example = "null"},
          [](facts x, how) { return x.monitor->spec.runbook_url; });
  s.computed("tags", array_of(any_text()), {.doc = "Its tags, sorted.", .example = R"(["shop"])"},
             [](facts x, how) { return x.monitor->spec.tags; });
  s.maybe("target", any_text(), {.doc = "The URL, or host and port.", .example = R"("https://example.com/health")"},
          [](facts x, how) { return target_of(x.monitor->spec); });
}

object_ptr<event_facts> monitor_part() {
  auto s = std::make_shared<object_schema<event_facts>>("EventMonitor", "The monitor that an event is about.");
  add_monitor_spec(*s);
  s->computed("status", enumeration<monitor_status>(), {.doc = "After the event.", .example = R"("down")"},
              [](facts x, how) { return x.runtime->state.status; });
  s->computed("status_since", instant(), {.doc = "Since when.", .example = R"("2026-01-31T12:00:00.000Z")"},
              [](facts x, how) { return x.runtime->status_since; });
  s->maybe<status_reason>("status_reason", status_reason_schema(), {.doc = "Why it is not up, or null."},
                          [](facts x, how) { return non_empty(x.runtime->cause); });
  return s;
}

object_ptr<event_facts> channel_part() {
  auto s = std::make_shared<object_schema<event_facts>>("EventChannel", "The channel that an event is about.");
  s->computed("id", identifier<channel_id>(), {.doc = "The channel."}, [](facts x, how) { return x.channel->id; });
  s->computed("name", any_text(), {.doc = "Its name.", .example = R"("Operations")"},
              [](facts x, how) { return x.channel->spec.name; });
  s->computed("type", enumeration<channel_type>(), {.doc = "Its type.", .example = R"("webhook")"},
              [](facts x, how) { return x.channel->spec.type(); });
  s->maybe("disabled_reason", any_text(), {.doc = "Why we disabled it.", .example = R"("gone")"},
           [](facts x, how) { return non_empty(std::string{x.disabled_reason}); });
  return s;
}

object_ptr<event_facts> window_part() {
  auto s = std::make_shared<object_schema<event_facts>>("EventMaintenanceWindow", "The window that an event is about.");
  s->computed("id", identifier<window_id>(), {.doc = "The window."}, [](facts x, how) { return x.window->record.id; });
  s->computed("name", any_text(), {.doc = "Its name.", .example = R"("Database upgrade")"},
              [](facts x, how) { return x.window->record.spec.name; });
  s->maybe("key", any_text(), {.doc = "Your own name for it.", .example = "null"},
           [](facts x, how) { return x.window->record.spec.key; });
  s->computed("mode", enumeration<maintenance_mode>(), {.doc = "What it does.", .example = R"("pause_checks")"},
              [](facts x, how) { return x.window->record.spec.mode; });
  s->maybe<maintenance_occurrence>("occurrence", maintenance_occurrence_schema(),
                                   {.doc = "What began, as planned, or ended, as it was."},
                                   [](facts x, how) { return x.window->current; });
  return s;
}

object_ptr<event_facts> contact_method_part() {
  auto s =
      std::make_shared<object_schema<event_facts>>("EventContactMethod", "The contact method that an event is about.");
  s->computed("id", identifier<contact_method_id>(), {.doc = "The contact method."},
              [](facts x, how) { return contact_method_of(x.method->id); });
  s->computed("user_id", identifier<user_id>(), {.doc = "Whose it is."},
              [](facts x, how) { return x.method->spec.user.value_or(user_id{}); });
  s->computed("name", any_text(), {.doc = "Its name.", .example = R"("Mobile")"},
              [](facts x, how) { return x.method->spec.name; });
  s->computed("type", enumeration<channel_type>(), {.doc = "Its type.", .example = R"("sms")"},
              [](facts x, how) { return x.method->spec.type(); });
  s->maybe("code", any_text(), {.doc = "What verifies it: only in what is sent there.", .example = "null"},
           [](facts x, how) { return non_empty(std::string{x.code}); });
  s->maybe("disabled_reason", any_text(), {.doc = "Why we disabled it.", .example = "null"},
           [](facts x, how) { return non_empty(std::string{x.disabled_reason}); });
  return s;
}

object_ptr<paged_user> paged_user_part() {
  auto s = std::make_shared<object_schema<paged_user>>("EventPagedUser", "Somebody who is told.");
  s->property("user_id", &paged_user::id, identifier<user_id>(), {.doc = "The user.", .read_only = true});
  s->property("name", &paged_user::name, any_text(),
              {.doc = "Their name.", .example = R"("Ada Lovelace")", .read_only = true});
  return s;
}

type_ptr<std::vector<paged_user>> people() {
  return array_of<paged_user>(paged_user_part(), {.max = 10'000});
}

object_ptr<handoff_news::begun> begun_part() {
  auto s = std::make_shared<object_schema<handoff_news::begun>>("EventBegunDuty", "Somebody who has come on call.");
  s->computed("user_id", identifier<user_id>(), {.doc = "The user."},
              [](const handoff_news::begun& x, how) { return x.who.id; });
  s->computed("name", any_text(), {.doc = "Their name.", .example = R"("Ada Lovelace")"},
              [](const handoff_news::begun& x, how) { return x.who.name; });
  s->maybe("until", instant(),
           {.doc = "When their duty ends; null: not within 40 days.", .example = R"("2026-01-31T12:00:00.000Z")"},
           [](const handoff_news::begun& x, how) { return x.until; });
  return s;
}

object_ptr<handoff_news> schedule_part() {
  using facts_of = const handoff_news&;
  auto s = std::make_shared<object_schema<handoff_news>>("EventSchedule", "The schedule that an event is about.");
  s->computed("id", identifier<schedule_id>(), {.doc = "The schedule."}, [](facts_of x, how) { return x.id; });
  s->computed("name", any_text(), {.doc = "Its name.", .example = R"("Primary on-call")"},
              [](facts_of x, how) { return x.name; });
  s->maybe("key", any_text(), {.doc = "Your own name for it.", .example = "null"},
           [](facts_of x, how) { return x.key; });
  s->computed("time_zone", any_text(), {.doc = "Whose clock it goes by.", .example = R"("Europe/Paris")"},
              [](facts_of x, how) { return x.time_zone; });
  s->computed<std::vector<paged_user>>("on_call", people(), {.doc = "Who is on call now. Empty: nobody is."},
                                       [](facts_of x, how) { return x.on_call; });
  s->computed<std::vector<handoff_news::begun>>("started", array_of<handoff_news::begun>(begun_part(), {.max = 10'000}),
                                                {.doc = "Who of them was not when hand-offs were last told."},
                                                [](facts_of x, how) { return x.started; });
  s->computed<std::vector<paged_user>>("ended", people(), {.doc = "Who was then, and is no more."},
                                       [](facts_of x, how) { return x.ended; });
  s->maybe("next_change_at", instant(),
           {.doc = "When it changes again; null: not within 40 days.", .example = R"("2026-01-31T12:00:00.000Z")"},
           [](facts_of x, how) { return x.next; });
  return s;
}

object_ptr<event_facts> data_part() {
  auto s = std::make_shared<object_schema<event_facts>>("EventData", "What an event is about.");
  s->maybe<incident>("incident", incident_schema(), {.doc = "After the event."},
                     [](facts x, how) { return copy_of(x.incident); });
  s->maybe<event_facts>("monitor", monitor_part(), {.doc = "After the event."},
                        [](facts x, how) { return x.monitor ? copy_of(&x) : std::nullopt; });
  s->maybe<check_result>("result", check_result_schema(), {.doc = "The result that caused it."},
                         [](facts x, how) { return copy_of(x.result); });
  s->maybe<std::vector<paged_user>>(
      "oncall", people(),
      {.doc = "Of `incident.escalated`: the users whom it tells, null otherwise.", .example = "null"},
      [](facts x, how) { return copy_of(x.paged); });
  s->maybe(
      "by", any_text(),
      {.doc = "Of what somebody does to an incident: who, as people say it. A person's name, or `token \"ci\"`; null: "
              "the engine itself.",
       .example = "null"},
      [](facts x, how) { return non_empty(std::string{x.by}); });
  s->maybe<event_facts>("channel", channel_part(), {.doc = "For events about a channel."},
                        [](facts x, how) { return x.channel ? copy_of(&x) : std::nullopt; });
  s->maybe<event_facts>("maintenance_window", window_part(), {.doc = "For events about a maintenance window."},
                        [](facts x, how) { return x.window ? copy_of(&x) : std::nullopt; });
  s->maybe<event_facts>("contact_method", contact_method_part(), {.doc = "For events about a contact method."},
                        [](facts x, how) { return x.method ? copy_of(&x) : std::nullopt; });
  s->maybe<handoff_news>("schedule", schedule_part(), {.doc = "Of `on_call.changed`: whose on-call has changed."},
                         [](facts x, how) { return copy_of(x.handoff); });
  return s;
}

object_ptr<event_facts> links_part() {
  auto s = std::make_shared<object_schema<event_facts>>("EventLinks", "Where the API shows what an event is about.");
  s->maybe("incident", any_text(), {.doc = "The incident.", .example = "null"}, [](facts x, how o) {
    return x.incident ? std::optional{fmt::format("{}/api/incidents/{}", o.base_url, x.incident->id.str())}
                      : std::nullopt;
  });
  s->maybe("monitor", any_text(), {.doc = "The monitor.", .example = "null"}, [](facts x, how o) {
    return x.monitor ? std::optional{fmt::format("{}/api/monitors/{}", o.base_url, x.monitor->id.str())} : std::nullopt;
  });
  s->maybe("channel", any_text(), {.doc = "The channel.", .example = "null"}, [](facts x, how o) {
    return x.channel ? std::optional{fmt::format("{}/api/channels/{}", o.base_url, x.channel->id.str())} : std::nullopt;
  });
  s->maybe("maintenance_window", any_text(), {.doc = "The maintenance window.", .example = "null"}, [](facts x, how o) {
    return x.window ? std::optional{fmt::format("{}/api/maintenance-windows/{}", o.base_url, x.window->record.id.str())}
                    : std::nullopt;
  });
  s->maybe("schedule", any_text(), {.doc = "The schedule.", .example = "null"}, [](facts x, how o) {
    return x.handoff ? std::optional{fmt::format("{}/api/schedules/{}", o.base_url, x.handoff->id.str())}
                     : std::nullopt;
  });
  return s;
}

std::string render(const event_facts& x, std::string_view base_url) {
  json_writer w;
  event_body_schema()->write(x, w, {.base_url = base_url});
  return w.str();
}

} // namespace

object_ptr<event_facts> event_body_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<event_facts>>("Event", "What receivers of webhooks get.");
    s->computed("id", identifier<event_id>(), {.doc = "The same in each retry: the `webhook-id`."},
                [](facts x, how) { return x.event->id; });
    s->computed("type", enumeration<event_type>(), {.doc = "What happened.", .example = R"("incident.opened")"},
                [](facts x, how) { return x.event->type; });
    s->computed("version", integer<int>(1, 1000), {.doc = "Of this format.", .example = "1"},
                [](facts, how) { return event_body_version; });
    s->computed("timestamp", instant(), {.doc = "When it happened.", .example = R"("2026-01-31T12:00:00.000Z")"},
                [](facts x, how) { return x.event->at; });
    s->maybe("sequence", count<std::int64_t>(), {.doc = "Counts the events of an incident.", .example = "1"},
             [](facts x, how) { return x.incident ? std::optional{x.event->sequence} : std::nullopt; });
    s->computed<event_facts>("data", data_part(), {.doc = "What it is about."}, [](facts x, how) { return x; });
    s->computed<event_facts>("links", links_part(), {.doc = "Where to look."}, [](facts x, how) { return x; });
    return s;
  }();
  return schema;
}

std::string render_event(const event& e, const incident& about, const monitor_record& monitor,
                         const monitor_runtime& runtime, const check_result* evidence, std::string_view base_url,
                         const std::vector<paged_user>* paged, std::string_view by) {
  event_facts x;
  x.by = by;
  x.paged = paged;
  x.event = &e;
  x.incident = &about;
  x.monitor = &monitor;
  x.runtime = &runtime;
  x.result = evidence;
  return render(x, base_url);
}

std::string render_monitor_event(const event& e, const monitor_record& monitor, const monitor_runtime& runtime,
                                 std::string_view base_url) {
  event_facts x;
  x.event = &e;
  x.monitor = &monitor;
  x.runtime = &runtime;
  return render(x, base_url);
}

std::string render_channel_event(const event& e, const channel_record& channel, std::string_view disabled_reason,
                                 std::string_view base_url) {
  event_facts x;
  x.event = &e;
  (channel.is_personal() ? x.method : x.channel) = &channel;
  x.disabled_reason = disabled_reason;
  return render(x, base_url);
}

std::string render_maintenance_event(const event& e, const maintenance_window_view& window, std::string_view base_url) {
  event_facts x;
  x.event = &e;
  x.window = &window;
  return render(x, base_url);
}

std::string render_handoff_event(const event& e, const handoff_news& news, std::string_view base_url) {
  event_facts x;
  x.event = &e;
  x.handoff = &news;
  return render(x, base_url);
}

std::string render_verification(const event& e, const channel_record& method, std::string_view code,
                                std::string_view base_url) {
  event_facts x;
  x.event = &e;
  x.method = &method;
  x.code = code;
  return render(x, base_url);
}

} // namespace gochron::core
