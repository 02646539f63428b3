#include <charconv>

#include "http/configured.hpp"
#include "http/event_streams.hpp"
#include "http/problem.hpp"
#include "http/server/text.hpp"

namespace gochron::http {
namespace {

const noun happened{"/api/events", "Events", "events"};

std::vector<parameter> filter_parameters() {
  return {
      enum_parameter<event_type>("type", "Only events of these types."),
      ids_parameter("mon", "monitor_id", "Only about these monitors, at most 200."),
      enum_parameter<monitor_type>("monitor_type", "Only about monitors of these types."),
      {"tags", "Only about monitors that carry all these tags.",
       R"({"type":"array","minItems":1,"maxItems":50,"items":{"type":"string"}})", true},
      id_parameter<incident_id>("incident_id", "Only of this incident."),
  };
}

const std::vector<parameter>& list_filters() {
  static const auto all = [] {
    auto more = filter_parameters();
    more.push_back(time_parameter("from", "Happened at or after this time."));
    more.push_back(time_parameter("to", "Happened before this time."));
    return list_parameters(std::move(more));
  }();
  return all;
}

const std::vector<parameter>& stream_filters() {
  static const auto all = [] {
    auto more = filter_parameters();
    more.push_back({"last_event_id",
                    "Begin behind this event; for clients that cannot set `Last-Event-ID`, which counts when both are "
                    "there.",
                    R"({"type":"string","pattern":"^[0-9]{1,16}$"})"});
    return more;
  }();
  return all;
}

event_filter filter_of(query_reader& q) {
  event_filter only;
  only.types = q.names<event_type>("type");
  only.monitors = q.ids<monitor_id>("monitor_id");
  only.monitor_types = q.names<monitor_type>("monitor_type");
  only.tags = q.list("tags", 50);
  only.incident = q.id<incident_id>("incident_id");
  return only;
}

std::optional<std::int64_t> position_of(std::string_view text) {
  std::int64_t n = -1;
  auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), n);
  return bad == std::errc{} && end == text.data() + text.size() && n >= 0 ? std::optional{n} : std::nullopt;
}

void answer_events(const call& c, std::int64_t after, event_page page) {
  auto at = [&c](std::int64_t position) { return make_cursor(c, {std::to_string(position), {}}); };
  core::feed_answer x;
  x.resume_cursor = at(page.reached);
  if (page.more)
    x.next_cursor = x.resume_cursor;
  x.gap = page.forgotten > after;
  x.data = std::move(page.rows);
  c.one(result<core::feed_answer>{std::move(x)}, *core::feed_answer_schema());
}

void list(call c) {
  query_reader q{c};
  event_query wanted;
  wanted.only = filter_of(q);
  wanted.from = q.time("from");
  wanted.to = q.time("to");
  auto page = q.page();
  if (auto e = q.problem(list_filters()))
    return c.refuse(*e);
  wanted.limit = page.limit;
  if (page.after)
    wanted.after = position_of(page.after->key).value_or(0);
  c.with().events.list(c.org(), wanted, reply_to<event_page>{[c, after = wanted.after](result<event_page> x) {
                         x ? answer_events(c, after, std::move(*x)) : c.refuse(x.error());
                       }});
}

bool accepts_stream(const call& c) {
  auto accept = c.request().header("Accept");
  if (!accept || trimmed(*accept).empty())
    return true;
  return accept->find("text/event-stream") != std::string_view::npos ||
         accept->find("text/*") != std::string_view::npos || accept->find("*/*") != std::string_view::npos;
}

// The place to begin behind; unset: the present.
std::optional<std::int64_t> wanted_place(const call& c, query_reader& q) {
  auto header = c.request().header("Last-Event-ID");
  if (header && trimmed(*header).empty()) // what a client sends that was never told an id
    header.reset();
  auto query = c.request().query_value("last_event_id");
  constexpr auto no_place = "Not the id of an event of this stream: those are whole numbers.";
  if (header && query && !position_of(*query))
    q.wrong("last_event_id", "invalid_format", no_place);
  auto given = header ? std::optional{trimmed(*header)} : query;
  if (!given)
    return std::nullopt;
  auto name = header ? "Last-Event-ID" : "last_event_id";
  auto place = position_of(*given);
  if (!place)
    q.wrong(name, "invalid_format", no_place);
  else if (*place > c.with().events.visible(c.org()))
    q.wrong(name, "out_of_range", "No event has happened yet that has this id.");
  return place;
}

void follow(call c) {
  query_reader q{c};
  auto only = filter_of(q);
  auto after = wanted_place(c, q);
  if (auto e = q.problem(stream_filters()))
    return c.refuse(*e);
  if (!accepts_stream(c))
    return c.answer(problem_response(406, "Only text/event-stream is spoken here.", c.request().raw_path(),
                                     c.request().request_id));
  c.with().streams.open(c, std::move(only), after);
}

} // namespace

operations event_operations() {
  operation_table add{happened};
  add("GET", "", "listEvents", false, "List events",
      "What happened, oldest first, with the very bodies that webhooks carry. Nothing is ever added behind a page that "
      "was read. `next_cursor` is null on the page that reaches the present; `resume_cursor` is always there and goes "
      "on "
      "from that page later, so keep the last one. Events past their retention are gone: `gap` says when some were.",
      {200, "A page of events.", core::feed_answer_schema()->info()}, list)
      .query = list_filters();
  auto& stream = add(
      "GET", "/stream", "streamEvents", false, "Follow events",
      "Server-sent events: `id` is the event's position, `event` its type, `data` its body on one line. Begins with "
      "what "
      "happens from now on, or behind `Last-Event-ID`, without a gap and without repeating any. Should events behind "
      "it "
      "be past their retention, an event of type `gap` comes first. A comment comes every 15 seconds. The stream ends "
      "when its client does not read, when its token is revoked or expires (within a minute), and when the server "
      "stops: "
      "connect again with the last id. At most 20 streams a token and 1,000 an organisation are open at once.",
      {200, "The stream, which has no end of its own.", nullptr, false, false, "text/event-stream"}, follow);
  stream.query = stream_filters();
  stream.headers = {{"Last-Event-ID", "Begin behind this event; empty: as if it were absent.",
                     R"({"type":"string","pattern":"^[0-9]{0,16}$"})"}};
  stream.problems = {406, 429};
  return std::move(add.all);
}

} // namespace gochron::http
