#include "core/token_format.hpp"
#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun tokens{"/api/tokens", "Tokens", "tokens"};

// Nobody gives away what they do not have, and a token that is dead on arrival is a mistake.
std::optional<error> may_not_give(const call& c, const token_record& wanted) {
  error e{errc::invalid, "The token cannot be made like this.", {}, {}, {}};
  for (std::size_t i = 0; i < wanted.scopes.size(); ++i)
    if (!core::scope_allows(c.who().scopes, wanted.scopes[i]))
      e.violations.push_back({"/scopes/" + std::to_string(i), "not_allowed", "Your token does not have this scope."});
  if (wanted.expires_at && *wanted.expires_at <= c.with().clock.now())
    e.violations.push_back({"/expires_at", "out_of_range", "Not in the future."});
  return e.violations.empty() ? std::nullopt : std::optional{std::move(e)};
}

void create(call c) {
  if (refused_parameters(c))
    return;
  auto wanted = core::read_body(*core::token_schema(), *c.request().body);
  if (!wanted)
    return c.refuse(wanted.error());
  if (auto e = may_not_give(c, *wanted))
    return c.refuse(*e);
  auto [by, reply] = c.write<created_token>([c](const created_token& x) {
    return c.created(x, *core::created_token_schema(), "/api/tokens/" + x.record.id.str(), {}, true);
  });
  c.with().engine.tell(
      create_token{c.org(), wanted->name, wanted->scopes, wanted->expires_at, std::move(by), std::move(reply)});
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
                              c.one(result<token_record>{x->rows.front()}, *core::token_schema());
                            }});
  });
}

void remove(call c) {
  with_target<token_id>(c, [&](token_id id, auto) {
    c.with().engine.tell(remove_token{c.org(), id, c.by(), c.done()});
  });
}

} // namespace

operations token_operations() {
  auto type = core::token_schema()->info();
  operation_table add{tokens};
  add("GET", "", "listTokens", false, "List tokens", "A page of the tokens, oldest first. Secrets are not kept.",
      {200, "A page of tokens.", type, true}, list)
      .query = filters();
  add("POST", "", "createToken", true, "Create a token",
      "`secret` is in this answer alone. A token gives at most the scopes that it has.",
      {201, "The token with its secret.", core::created_token_schema()->info()}, create)
      .body =
      body_spec{type, core::schema_use::request, R"({"name":"ci","scopes":["monitors:read","monitors:write"]})", true};
  add("GET", "/{id}", "getToken", false, "Get a token", "Its name, scopes and last use.", {200, "The token.", type},
      get);
  add("DELETE", "/{id}", "deleteToken", true, "Revoke a token",
      "No request that starts after the answer is let in by it.", {204, "It is gone.", nullptr}, remove);
  return std::move(add.all);
}

} // namespace gochron::http
