#include "core/names.hpp"
#include "core/schema/common.hpp"
#include "core/schema/formats.hpp"
#include "http/link_page.hpp"
#include "http/operation.hpp"
#include "http/problem.hpp"
#include "http/server/text.hpp"

/// `/a/<token>`: what somebody who was told of an incident does about it, or reads of it. GET shows, POST acts:
/// scanners of mail and previews of chats follow links.
namespace gochron::http {
namespace {

using how = const core::write_options&;

core::object_ptr<timeline_entry> history_schema() {
  auto s = std::make_shared<core::object_schema<timeline_entry>>("LinkHistory", "Something that has happened.");
  s->computed("at", core::instant(), {.doc = "When.", .example = R"("2026-01-31T12:00:00.000Z")"},
              [](const timeline_entry& x, how) { return x.at; });
  s->computed("message", core::any_text(), {.doc = "A sentence.", .example = R"("Ada acknowledged the incident.")"},
              [](const timeline_entry& x, how) { return x.message; });
  return s;
}

core::object_ptr<link_state> link_schema() {
  static const auto schema = [] {
    using state = const link_state&;
    auto s = std::make_shared<core::object_schema<link_state>>("LinkState", "What a link does, or has done.");
    s->property("outcome", &link_state::outcome, core::enumeration<core::link_outcome>(),
                {.doc =
                     "`open`: POST acts. `done`: it did. `shown`: it is for reading. Otherwise why nothing is left to "
                     "do.",
                 .example = R"("open")",
                 .read_only = true});
    s->property("verb", &link_state::verb, core::enumeration<core::link_verb>(),
                {.doc = "What it is for.", .example = R"("acknowledge")", .read_only = true});
    s->computed("number", core::count<std::int64_t>(), {.doc = "Of the incident.", .example = "17"},
                [](state x, how) { return x.about.number; });
    s->computed("title", core::any_text(), {.doc = "One line.", .example = R"("Shop front page is down")"},
                [](state x, how) { return x.about.title; });
    s->computed("state", core::enumeration<incident_state>(), {.doc = "As it is now.", .example = R"("triggered")"},
                [](state x, how) { return x.about.state; });
    s->computed("severity", core::enumeration<severity>(), {.doc = "Of the incident.", .example = R"("critical")"},
                [](state x, how) { return x.about.severity; });
    s->computed("monitor_name", core::any_text(), {.doc = "What failed.", .example = R"("Shop front page")"},
                [](state x, how) { return x.about.monitor_name; });
    s->computed("started_at", core::instant(), {.doc = "Since when.", .example = R"("2026-01-31T12:00:00.000Z")"},
                [](state x, how) { return x.about.started_at; });
    s->maybe("acknowledged_by", core::any_text(), {.doc = "Who took it.", .example = "null"},
             [](state x, how) { return core::non_empty(x.about.acknowledged_by); });
    s->maybe("resolved_by", core::any_text(), {.doc = "Who ended it.", .example = "null"},
             [](state x, how) { return core::non_empty(x.about.resolved_by); });
    s->computed<std::vector<timeline_entry>>("history", core::array_of<timeline_entry>(history_schema(), {.max = 200}),
                                             {.doc = "Of a link for reading, oldest first; empty otherwise."},
                                             [](state x, how) { return x.history; });
    s->property(
        "history_is_cut", &link_state::has_more, core::boolean(),
        {.doc = "Whether more has happened than `history` has room for.", .example = "false", .read_only = true});
    return s;
  }();
  return schema;
}

bool accepts(const call& c, std::string_view media) {
  auto given = c.request().header("Accept");
  for (auto rest = given.value_or(""); !rest.empty();) {
    auto comma = rest.find(',');
    auto one = rest.substr(0, comma);
    if (iequals(trimmed(one.substr(0, one.find(';'))), media))
      return true;
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return false;
}

response page_response(unsigned status, std::string html) {
  return {status, "text/html; charset=utf-8", link_headers(), std::move(html)};
}

// A page for who asks for pages, a problem for everybody else.
void refuse(const call& c, const error& e, std::string_view headline) {
  auto problem = problem_response(e, c.request().raw_path(), c.request().request_id);
  auto more = link_headers();
  if (accepts(c, "text/html")) {
    problem.content_type = "text/html; charset=utf-8";
    problem.body = message_page(headline, e.detail);
  }
  problem.headers.insert(problem.headers.end(), more.begin(), more.end());
  c.answer(std::move(problem));
}

// What is over is shown for a day: whoever reads an old mail the next morning is told how it went.
bool is_history(const call& c, const incident& x) {
  return x.resolved_at && *x.resolved_at + std::chrono::hours{24} <= c.with().clock.now();
}

void refuse_late(const call& c) {
  refuse(c,
         {errc::not_found, "This link has expired: it was good for a week, or until a day after the end.", {}, {}, {}},
         "Too late");
}

// What whoever reads can do: who is told of an incident may act on it, whatever the message itself asked for.
std::vector<link_button> buttons_of(const call& c, const core::action_link& link, const link_state& x) {
  std::vector<link_button> all;
  auto add = [&](core::link_verb verb) {
    auto token = core::write_action_token(c.with().link_key, {link.delivery, verb, link.expires_at});
    all.push_back({verb, token});
  };
  if (x.outcome == core::link_outcome::shown && x.about.state == incident_state::triggered)
    add(core::link_verb::acknowledge);
  if (x.outcome == core::link_outcome::shown && x.about.state != incident_state::resolved)
    add(core::link_verb::resolve);
  return all;
}

void answer(const call& c, const core::action_link& link, result<link_state> x) {
  if (!x && x.error().code == errc::not_found)
    return refuse(c, {errc::not_found, "This link is not valid.", {}, {}, {}}, "There is nothing here");
  if (!x)
    return refuse(c, x.error(), "Please try again in a moment");
  if (is_history(c, x->about))
    return refuse_late(c);
  bool json = accepts(c, "application/json") && !accepts(c, "text/html");
  if (!json)
    return c.answer(page_response(200, link_page(*x, buttons_of(c, link, *x))));
  c.answer({200, "application/json", link_headers(), c.render(*link_schema(), *x)});
}

// The link in the path; otherwise the refusal is on its way. Whether it is forged or not ours cannot be told apart.
std::optional<core::action_link> link_of(const call& c) {
  auto link = core::read_action_token(c.with().link_key, c.param("link"));
  if (!link)
    refuse(c, {errc::not_found, "This link is not valid.", {}, {}, {}}, "There is nothing here");
  else if (link->expires_at <= c.with().clock.now()) {
    refuse_late(c);
    return std::nullopt;
  }
  return link;
}

void show(call c) {
  if (auto link = link_of(c))
    look_at(c.with(), *link, [c, link = *link](result<link_state> x) { answer(c, link, std::move(x)); });
}

void act(call c) {
  auto link = link_of(c);
  if (!link)
    return;
  link_press x{*link, {}, c.request().peer_ip, c.request().request_id};
  press(c.with(), std::move(x), [c, link = *link](result<link_state> state) { answer(c, link, std::move(state)); });
}

operation link_operation(std::string method, std::string id, std::string summary, std::string doc,
                         std::function<void(call)> run) {
  operation op;
  op.method = std::move(method);
  op.path = "/a/{link}";
  op.id = std::move(id);
  op.tag = "Answers";
  op.summary = std::move(summary);
  op.doc = std::move(doc);
  op.ok = {200, "How it is with the link.", link_schema()->info()};
  op.ok.page = "text/html";
  op.problems = {404, 503};
  if (op.method == "POST")
    op.problems.push_back(413);
  op.run = std::move(run);
  return op;
}

} // namespace

operations link_operations() {
  return {
      link_operation("GET", "showLink", "What a link would do",
                     "A page with a button for people, or with `Accept: application/json` what it says; of a link for "
                     "reading, the incident's history so far. Changes "
                     "nothing, however often it is asked for. Needs no token: the link is signed, for one delivery "
                     "of one incident, and good for a week.",
                     show),
      link_operation("POST", "useLink", "Acknowledge or resolve by a link",
                     "What the link is for, done once. Pressed again, or when the incident is taken or over, it "
                     "changes nothing and says so. The incident's timeline names the person whose contact method "
                     "the link went to (`user:Ada`), or else the channel (`channel:Night shift`).",
                     act)};
}

} // namespace gochron::http
