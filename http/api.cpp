#include "http/api.hpp"

#include <algorithm>

#include "core/roles.hpp"
#include "core/token_format.hpp"
#include "http/problem.hpp"
#include "http/server/text.hpp"

namespace gochron::http {
namespace {

std::vector<route> routes_of(const operations& all) {
  std::vector<route> table;
  for (auto& op : all)
    table.push_back({op.method, op.path});
  return table;
}

// The bearer token of an Authorization header; what is wrong with it otherwise.
result<std::string_view> bearer_of(const request& r) {
  auto given = r.header("Authorization");
  if (!given)
    return fail(errc::unauthenticated, "This operation needs `Authorization: Bearer <token>`.");
  auto space = given->find(' ');
  if (!iequals(given->substr(0, space), "Bearer") || space == std::string_view::npos)
    return fail(errc::unauthenticated, "The Authorization header is not of the form `Bearer <token>`.");
  auto token = trimmed(given->substr(space));
  if (!core::is_well_formed_token(token))
    return fail(errc::unauthenticated, "That is not a token: its shape or its check digits are wrong.");
  return token;
}

// Whether an Accept header leaves room for JSON. Only a plain refusal counts; weights are not weighed.
bool accepts_json(std::string_view accept) {
  while (!accept.empty()) {
    auto comma = accept.find(',');
    auto one = trimmed(accept.substr(0, comma));
    auto type = trimmed(one.substr(0, one.find(';')));
    for (auto good : {"*/*", "application/*", "application/json", "application/problem+json"})
      if (iequals(type, good))
        return true;
    accept = comma == std::string_view::npos ? std::string_view{} : accept.substr(comma + 1);
  }
  return false;
}

} // namespace

api::api(services with)
  : with_(std::move(with)), router_(routes_of(all_operations())), limits_(with_.rates, with_.clock.now()) {}

std::size_t api::body_limit(std::string_view method, std::string_view path) {
  constexpr std::size_t kilo = 1024;
  if (path.starts_with("/ping/"))
    return 100 * kilo;
  path = path.substr(0, path.find('?'));
  if (path.starts_with("/a/"))
    return 4 * kilo; // a form without fields
  if (path.starts_with("/in/slack/") || path.starts_with("/in/twilio/"))
    return 256 * kilo;
  if (method == "POST" && path.starts_with("/api/") && path.ends_with("/bulk"))
    return 2 * kilo * kilo; // a thousand resources, whose answer is larger still
  if (method == "PUT" && path == "/api/config")
    return largest_body;
  return kilo * kilo;
}

void api::enter(request r, ticket t) {
  auto match = router_.find(r.method, r.path);
  auto* op = match.what == route_match::outcome::found ? &all_operations()[match.index] : nullptr;
  if (!op || op->scope.empty())
    if (auto e = charge(r, op))
      return reply(t, problem_response(*e, r.raw_path(), r.request_id));
  if (match.what == route_match::outcome::not_found)
    return reply(t, problem_response(404, "There is nothing here.", r.raw_path(), r.request_id));
  if (match.what == route_match::outcome::options)
    return reply(t, {.status = 204, .content_type = {}, .headers = {{"Allow", match.allow}}, .body = {}});
  if (match.what == route_match::outcome::method_not_allowed) {
    auto refusal = problem_response(405, "Allowed here: " + match.allow + ".", r.raw_path(), r.request_id);
    refusal.headers.push_back({"Allow", match.allow});
    return reply(t, std::move(refusal));
  }
  auto s = std::make_shared<call::state>();
  s->with = &with_;
  s->ticket = t;
  s->limits = &limits_;
  for (auto& [name, value] : match.params)
    s->params.emplace_back(std::string{name}, std::move(value));
  s->base_url = with_.base_url;
  if (s->base_url.empty())
    if (auto host = r.header("Host"); host && !trimmed(*host).empty())
      s->base_url = "http://" + std::string{trimmed(*host)};
  s->request = std::move(r);
  op->scope.empty() ? admit(std::move(s), *op) : authorise(std::move(s), *op);
}

// What comes without a token is taken from its address's bucket. `op` is null where there is no operation.
std::optional<error> api::charge(const request& r, const operation* op) {
  if (op && op->rate == rate_class::free)
    return std::nullopt;
  return op && op->rate == rate_class::ping ? limits_.charge_ping(r.peer_ip) : limits_.charge_anonymous(r.peer_ip);
}

void api::refuse_anonymous(const std::shared_ptr<call::state>& s, const error& why) {
  auto e = limits_.charge_anonymous(s->request.peer_ip);
  call{s}.refuse(e ? *e : why);
}

void api::authorise(std::shared_ptr<call::state> s, const operation& op) {
  auto token = bearer_of(s->request);
  if (!token)
    return refuse_anonymous(s, token.error());
  // Whoever guesses tokens does not keep the database busy with it.
  bool only_known = limits_.is_exhausted(s->request.peer_ip);
  with_.engine.authenticate(core::token_digest(*token), s->request.peer_ip, only_known,
                            reply_to<token_record>{[this, s, &op](result<token_record> who) {
                              if (who)
                                return let_in(s, op, std::move(*who));
                              if (who.error().code == errc::unauthenticated)
                                return refuse_anonymous(s, who.error());
                              call{s}.refuse(who.error());
                            }});
}

void api::let_in(const std::shared_ptr<call::state>& s, const operation& op, token_record who) {
  call c{s};
  s->who = std::move(who);
  if (auto e = limits_.charge(s->charge, s->who.id, s->who.created_at))
    return c.refuse(*e);
  if (!core::may(s->who, op.scope))
    return c.refuse({errc::forbidden, "This needs the scope `" + op.scope + "`.", {}, {}, {}});
  if (auto e = charge_write(*s, op))
    return c.refuse(*e);
  s->held = hold(s->who.id);
  if (!s->held)
    return c.refuse({errc::busy, "Too many requests of this token are in work.", {}, seconds{1}, {}});
  admit(s, op);
}

// The plan's cap on writes to a noun, which is the scope's.
std::optional<error> api::charge_write(call::state& s, const operation& op) {
  if (op.method == "GET" || !op.scope.ends_with(":write"))
    return std::nullopt;
  auto limits = with_.engine.limits(s.who.org);
  if (!limits || !limits->plan->writes_per_minute)
    return std::nullopt;
  std::string_view noun{op.scope};
  noun.remove_suffix(std::string_view{":write"}.size());
  return limits_.charge_write(s.charge, s.who.org, noun, *limits->plan->writes_per_minute);
}

void api::admit(std::shared_ptr<call::state> s, const operation& op) {
  call c{s};
  if (op.ok.media == "application/json" && op.ok.page.empty())
    if (auto accept = s->request.header("Accept"); accept && !trimmed(*accept).empty() && !accepts_json(*accept))
      return c.answer(
          problem_response(406, "Only application/json is spoken here.", s->request.raw_path(), s->request.request_id));
  if (auto e = media_problem(s->request, op))
    return c.refuse(*e);
  if (!op.body && !op.scope.empty() && !s->request.body->empty())
    return c.refuse({errc::malformed, "This operation takes no body.", {}, {}, {}});
  if (auto read = read_write_headers(*s, op); !read)
    return c.refuse(read.error());
  run(s, op);
}

// The key is claimed before what is kept is looked at: of many at once one alone goes on, and whoever claims it later
// finds the answer of that one.
void api::run(const std::shared_ptr<call::state>& s, const operation& op) {
  call c{s};
  if (!s->key)
    return op.run(c);
  auto claim = running_->claim(s->who.id, s->key->key);
  if (!claim)
    return c.refuse(claim.error());
  s->key->claim = std::move(*claim);
  replay_or(c, [c, &op] { op.run(c); });
}

std::optional<error> api::media_problem(const request& r, const operation& op) {
  if (!op.body || op.scope.empty() || r.body->empty())
    return std::nullopt;
  auto given = r.header("Content-Type");
  auto type = given ? trimmed(given->substr(0, given->find(';'))) : std::string_view{};
  if (iequals(type, "application/json") || (op.method == "PATCH" && iequals(type, "application/merge-patch+json")))
    return std::nullopt;
  return error{errc::unsupported, "The body must be application/json.", {}, {}, {}};
}

std::shared_ptr<void> api::hold(token_id id) {
  auto all = in_flight_;
  {
    std::lock_guard guard{all->mutex};
    if (all->calls[id] >= in_flight_limit)
      return nullptr;
    ++all->calls[id];
  }
  return {all.get(), [all, id](void*) {
            std::lock_guard guard{all->mutex};
            if (--all->calls[id] == 0)
              all->calls.erase(id);
          }};
}

} // namespace gochron::http
