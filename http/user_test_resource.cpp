#include <algorithm>
#include <atomic>

#include "core/user_routes.hpp"
#include "http/configured.hpp"

/// A test page: whether somebody can be told at all, before it matters.
namespace gochron::http {
namespace {

const noun users{"/api/users", "Users", "users"};

/// What is gathered, and how many answers are still to come. Those come on any thread.
struct page_test {
  core::user_test answer;
  std::vector<notification_rule_record> rules;
  std::atomic<std::size_t> open{1}; // one for who begins them
};
using shared_test = std::shared_ptr<page_test>;

// The last one answers.
void close_one(const call& c, const shared_test& x) {
  if (--x->open == 0)
    c.one(result<core::user_test>{x->answer}, *core::user_test_schema());
}

void send(const call& c, const shared_test& x, std::size_t place) {
  auto done = [c, x, place](result<delivery_attempt> tried) {
    auto& to = x->answer.routes[place]; // nobody else writes there
    if (tried)
      to.attempt = std::move(*tried);
    else
      to.why_not = tried.error().detail;
    close_one(c, x);
  };
  ++x->open;
  c.with().engine.tell(test_channel{c.org(),
                                    channel_id{x->answer.routes[place].route.method.value},
                                    {},
                                    c.dry(),
                                    reply_to<delivery_attempt>{std::move(done)},
                                    channel_noun::contact_method});
}

// Each contact method once, however many rules name it.
void send_all(const call& c, const shared_test& x) {
  auto& routes = x->answer.routes;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    auto same = [&](const core::tested_route& r) { return r.route.method == routes[i].route.method; };
    if (!routes[i].route.usable)
      routes[i].why_not = "It is not verified, not enabled, or was disabled: nobody is told there.";
    else if (std::any_of(routes.begin(), routes.begin() + static_cast<std::ptrdiff_t>(i), same))
      routes[i].why_not = "An earlier rule names it too: it was tested there.";
  }
  for (std::size_t i = 0; i < routes.size(); ++i)
    if (routes[i].why_not.empty())
      send(c, x, i);
  close_one(c, x);
}

void find_methods(const call& c, const shared_test& x) {
  contact_method_query wanted;
  wanted.user = x->answer.user;
  auto found = [c, x](const result<page<contact_method_record>>& methods) {
    if (!methods)
      return c.refuse(methods.error());
    for (auto& route : core::routes_of(x->answer.user, x->answer.urgency, x->rules, methods->rows))
      x->answer.routes.push_back({route, {}, {}});
    if (x->answer.routes.empty())
      return c.refuse({errc::conflict, "They have no verified contact method that is in use.", {}, {}, {}});
    send_all(c, x);
  };
  c.with().queries.contact_methods(c.org(), std::move(wanted), {most_contact_methods, {}},
                                   reply_to<page<contact_method_record>>{std::move(found)});
}

void find_rules(const call& c, const shared_test& x) {
  notification_rule_query wanted;
  wanted.user = x->answer.user;
  auto found = [c, x](result<page<notification_rule_record>> rules) {
    if (!rules)
      return c.refuse(rules.error());
    x->rules = std::move(rules->rows);
    find_methods(c, x);
  };
  c.with().queries.notification_rules(c.org(), std::move(wanted), {most_notification_rules, {}},
                                      reply_to<page<notification_rule_record>>{std::move(found)});
}

void test(call c) {
  auto wanted = c.optional_body(*core::user_test_request_schema());
  if (!wanted)
    return;
  with_target<user_id>(c, [&](user_id id, std::optional<std::int64_t> version) {
    auto user = c.with().engine.user(c.org(), id);
    if (!user)
      return c.refuse({errc::not_found, "No such user.", {}, {}, {}});
    if (version && *version != user->version)
      return c.refuse(changed_since("The user", user->version));
    extend_deadline(c.ticket(), std::chrono::seconds{45}); // a provider may take 30
    auto x = std::make_shared<page_test>();
    x->answer.user = id;
    x->answer.urgency = wanted->urgency;
    find_rules(c, x);
  });
}

} // namespace

operations user_test_operations() {
  operation_table add{users};
  auto& op = add("POST", "/{id}/test", "testUser", true, "Send a test page",
                 "A `channel.test` event to each contact method that the user's notification rules name for this "
                 "urgency, each once and at once: delays are shown, and not waited for. Answers with an attempt for "
                 "each, whatever came of it, or why there is none. 409 when there is nothing to tell them by.",
                 {200, "What came of it.", core::user_test_schema()->info()}, test);
  op.body =
      body_spec{core::user_test_request_schema()->info(), core::schema_use::request, R"({"urgency":"high"})", false};
  op.problems = {409};
  op.scope = "contact-methods:write"; // whoever may change by what somebody is told may try it
  return std::move(add.all);
}

} // namespace gochron::http
