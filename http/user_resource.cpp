#include "core/roles.hpp"
#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun users{"/api/users", "Users", "users"};

constexpr auto example = R"({"email":"ada@example.com","name":"Ada Lovelace","role":"member"})";

// Nobody makes, changes or removes somebody who may do more than they.
status within_reach(const token_record& who, user_role role) {
  if (core::may_change_role(who, role))
    return {};
  return fail(errc::forbidden, role == user_role::owner ? "Only an owner may make, change or remove owners."
                                                        : "Only who has the scope `admin` may make, change or remove "
                                                          "administrators.");
}

auto shown(const call& c) {
  return c.write<user_record>([c](const user_record& x) { return c.shown(x, *core::user_schema(), x.version); });
}

void create(call c) {
  if (refused_parameters(c))
    return;
  auto spec = core::create<user_spec>(*c.request().body);
  if (!spec)
    return c.refuse(spec.error());
  if (auto s = within_reach(c.who(), spec->role); !s)
    return c.refuse(s.error());
  auto [by, reply] = c.write<user_record>(
      [c](const user_record& x) { return c.created(x, *core::user_schema(), "/api/users/" + x.id.str(), x.version); });
  c.with().engine.tell(create_user{c.org(), std::move(*spec), std::move(by), std::move(reply)});
}

const std::vector<parameter>& filters() {
  static const auto all =
      list_parameters({ids_parameter("usr"), {"q", "A part of the email or the name, whatever the case."}});
  return all;
}

void list(call c) {
  query_reader q{c};
  auto ids = q.ids<user_id>("ids");
  auto part = q.text("q");
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().queries.users(c.org(), std::move(ids), std::move(part), page, list_of<user_record>(c, core::user_schema()));
}

void get(call c) {
  with_target<user_id>(c, [&](user_id id, auto) {
    auto x = c.with().engine.user(c.org(), id);
    if (!x)
      return c.refuse({errc::not_found, "No such user.", {}, {}, {}});
    c.one(result<user_record>{*x}, *core::user_schema(), x->version);
  });
}

void edit(call c) {
  with_target<user_id>(c, [&](user_id id, auto version) {
    auto wanted = [who = c.who(), by_body = edit_by_body<user_spec>(c)](const user_spec& now) -> result<user_spec> {
      auto next = by_body(now);
      if (!next)
        return next;
      for (auto role : {now.role, next->role})
        if (auto s = within_reach(who, role); !s)
          return fail(s.error());
      return next;
    };
    auto [by, reply] = shown(c);
    c.with().engine.tell(edit_user{c.org(), id, version, std::move(wanted), std::move(by), std::move(reply)});
  });
}

void remove(call c) {
  with_target<user_id>(c, [&](user_id id, auto version) {
    auto may = [who = c.who()](const user_record& x) { return within_reach(who, x.spec.role); };
    c.with().engine.tell(remove_user{c.org(), id, version, std::move(may), c.by(), c.done()});
  });
}

} // namespace

operations user_operations() {
  auto type = core::user_schema()->info();
  operation_table add{users};
  add("GET", "", "listUsers", false, "List users", "A page of the users, oldest first.",
      {200, "A page of users.", type, true}, list)
      .query = filters();
  auto& post = add("POST", "", "createUser", true, "Create a user",
                   "They act through tokens: create one with their id as `user_id`.",
                   {201, "The user, with its `Location`.", type, false, true}, create);
  post.body = body_spec{type, core::schema_use::request, example, true};
  post.problems = {409};
  add("GET", "/{id}", "getUser", false, "Get a user", "The user as configured.", {200, "The user.", type, false, true},
      get);
  auto& put = add("PUT", "/{id}", "replaceUser", true, "Replace a user",
                  "The body is the whole user: what is absent takes its default. The last owner stays one (409).",
                  {200, "The user as it is now.", type, false, true}, edit);
  put.body = body_spec{type, core::schema_use::request, example, true};
  put.problems = {409};
  auto& patch = add("PATCH", "/{id}", "updateUser", true, "Change a user",
                    "A JSON merge patch (RFC 7396). A new role is in force with the answer. The last owner stays one "
                    "(409).",
                    {200, "The user as it is now.", type, false, true}, edit);
  patch.body = body_spec{type, core::schema_use::patch, R"({"role":"viewer"})", true};
  patch.problems = {409};
  add("DELETE", "/{id}", "deleteUser", true, "Delete a user",
      "Their tokens, contact methods and notification rules go with them. 409 for the last owner, and while schedules, "
      "overrides that are not over, escalation policies or teams name them: `blocked_by`.",
      {204, "They are gone.", nullptr}, remove)
      .problems = {409};
  return std::move(add.all);
}

} // namespace gochron::http
