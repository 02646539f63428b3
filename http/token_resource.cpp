#include "core/roles.hpp"
#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun tokens{"/api/tokens", "Tokens", "tokens"};

// Nobody gives away what they do not have, and a token that is dead on arrival is a mistake.
std::optional<error> may_not_give(const call& c, const token_record& wanted) {
  error e{errc::invalid, "The token cannot be made like this.", {}, {}, {}};
  for (std::size_t i = 0; i < wanted.scopes.size(); ++i)
    if (!core::may(c.who(), wanted.scopes[i]))
      e.violations.push_back({"/scopes/" + std::to_string(i), "not_allowed", "Your token does not have this scope."});
  if (wanted.expires_at && *wanted.expires_at <= c.with().clock.now())
    e.violations.push_back({"/expires_at", "out_of_range", "Not in the future."});
  return e.violations.empty() ? std::nullopt : std::optional{std::move(e)};
}

// A token of an owner, or of nobody, can do what only owners may. So can its secret.
status may_hand_out(const call& c, const token_record& x) {
  auto owner = x.user ? c.with().engine.user(c.org(), *x.user) : std::nullopt;
  bool of_owner = !x.user || (owner && owner->spec.role == user_role::owner);
  if (c.who().role && of_owner && !core::may_change_owners(c.who()))
    return fail(errc::forbidden, "Only an owner makes or rotates tokens of owners and of nobody.");
  return {};
}

status may_rotate(const call& c, const token_record& x) {
  for (auto& scope : x.scopes)
    if (!core::may(c.who(), scope))
      return fail(errc::forbidden, "Your token does not have the scope `" + scope + "` of that token.");
  return may_hand_out(c, x);
}

void create(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::token_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  if (!wanted->user)
    wanted->user = c.who().user;
  if (auto e = may_not_give(c, *wanted))
    return c.refuse(*e);
  if (auto s = may_hand_out(c, *wanted); !s)
    return c.refuse(s.error());
  auto [by, reply] = c.write<created_token>([c](const created_token& x) {
    return c.created(x, *core::created_token_schema(), "/api/tokens/" + x.record.id.str(), x.record.version, true);
  });
  c.with().engine.tell(create_token{c.org(), wanted->name, wanted->scopes, wanted->expires_at, wanted->user,
                                    std::move(by), std::move(reply)});
}

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({ids_parameter("tok")});
  return all;
}

void list(call c) {
  query_reader q{c};
  auto ids = q.ids<token_id>("ids");
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().queries.tokens(c.org(), std::move(ids), page, list_of<token_record>(c, core::token_schema()));
}

void get(call c) {
  with_target<token_id>(c, [&](token_id id, auto) {
    c.with().queries.tokens(c.org(), {id}, {1, {}}, reply_to<page<token_record>>{[c](result<page<token_record>> x) {
                              if (!x)
                                return c.refuse(x.error());
                              if (x->rows.empty())
                                return c.refuse({errc::not_found, "No such token.", {}, {}, {}});
                              c.one(result<token_record>{x->rows.front()}, *core::token_schema(),
                                    x->rows.front().version);
                            }});
  });
}

void edit(call c) {
  with_target<token_id>(c, [&](token_id id, auto version) {
    auto wanted = [c](const token_record& now) -> result<token_record> {
      auto next = core::merge<token_record>(now, *c.request().body);
      if (!next || next->expires_at == now.expires_at)
        return next;
      if (auto s = may_rotate(c, now); !s) // a longer life is as good as a new secret
        return fail(s.error());
      if (next->expires_at && *next->expires_at <= c.with().clock.now())
        return fail(error{errc::invalid,
                          "The token cannot be changed like this.",
                          {{"/expires_at", "out_of_range", "Not in the future: delete it instead."}},
                          {},
                          {}});
      return next;
    };
    auto [by, reply] =
        c.write<token_record>([c](const token_record& x) { return c.shown(x, *core::token_schema(), x.version); });
    c.with().engine.tell(edit_token{c.org(), id, version, std::move(wanted), std::move(by), std::move(reply)});
  });
}

void rotate(call c) {
  with_target<token_id>(c, [&](token_id id, auto version) {
    auto wanted = c.optional_body(*core::rotate_request_schema());
    if (!wanted)
      return;
    auto [by, reply] = c.write<created_token>(
        [c](const created_token& x) { return c.shown(x, *core::created_token_schema(), x.record.version, true); });
    auto may = [c](const token_record& x) { return may_rotate(c, x); };
    c.with().engine.tell(
        rotate_token{c.org(), id, version, wanted->overlap, std::move(may), std::move(by), std::move(reply)});
  });
}

void remove(call c) {
  with_target<token_id>(c, [&](token_id id, auto version) {
    c.with().engine.tell(remove_token{c.org(), id, version, c.by(), c.done()});
  });
}

} // namespace

operations token_operations() {
  auto type = core::token_schema()->info();
  auto made = core::created_token_schema()->info();
  operation_table add{tokens};
  add("GET", "", "listTokens", false, "List tokens", "A page of the tokens, oldest first. Secrets are not kept.",
      {200, "A page of tokens.", type, true}, list)
      .query = filters();
  add("POST", "", "createToken", true, "Create a token",
      "`secret` is in this answer alone. A token gives at most the scopes that it has.",
      {201, "The token with its secret.", made, false, true}, create)
      .body =
      body_spec{type, core::schema_use::request, R"({"name":"ci","scopes":["monitors:read","monitors:write"]})", true};
  add("GET", "/{id}", "getToken", false, "Get a token", "Its name, scopes and last use.",
      {200, "The token.", type, false, true}, get);
  add("PATCH", "/{id}", "updateToken", true, "Change a token",
      "A JSON merge patch (RFC 7396) of `name` and `expires_at`. Who moves the expiry must have the token's scopes.",
      {200, "The token as it is now.", type, false, true}, edit)
      .body = body_spec{type, core::schema_use::patch, R"({"name":"ci, the new one"})", true};
  auto& turn =
      add("POST", "/{id}/rotate", "rotateToken", true, "Rotate a token",
          "A new secret, in this answer alone; the present one lets in for `overlap_seconds` more. Needs the token's "
          "scopes.",
          {200, "The token with its new secret.", made, false, true}, rotate);
  turn.body =
      body_spec{core::rotate_request_schema()->info(), core::schema_use::request, R"({"overlap_seconds":3600})", false};
  add("DELETE", "/{id}", "deleteToken", true, "Revoke a token",
      "No request that starts after the answer is let in by it.", {204, "It is gone.", nullptr}, remove);
  return std::move(add.all);
}

} // namespace gochron::http
