#include "core/roles.hpp"
#include "core/schema/schedule.hpp"
#include "http/configured.hpp"

/// The secret of the calendar feed of a user's shifts.
namespace gochron::http {
namespace {

const noun users{"/api/users", "Users", "contact-methods"}; // who may change by what somebody is told may do this

// Whoever reads the feed knows where somebody is: it is theirs, and administrators'.
bool may_manage(const token_record& who, user_id id) {
  return who.user == id || core::may(who, "users:write");
}

template <class F>
void with_own(const call& c, F f) {
  with_target<user_id>(c, [&](user_id id, auto) {
    if (!c.with().engine.user(c.org(), id))
      return c.refuse({errc::not_found, "No such user.", {}, {}, {}});
    if (!may_manage(c.who(), id))
      return c.refuse({errc::forbidden, "Only they themselves, or whoever may change users.", {}, {}, {}});
    f(id);
  });
}

void show(call c) {
  with_target<user_id>(c, [&](user_id id, auto) {
    auto found = [c](const result<std::optional<timestamp>>& x) {
      x ? c.one(result<core::user_feed_state>{{*x}}, *core::user_feed_state_schema()) : c.refuse(x.error());
    };
    c.with().queries.user_feed(c.org(), id, reply_to<std::optional<timestamp>>{std::move(found)});
  });
}

void rotate(call c) {
  with_own(c, [&](user_id id) {
    auto [by, reply] = c.write<schedule_feed>(
        [c](const schedule_feed& x) { return c.shown(x, *core::user_feed_schema(), std::nullopt, true); });
    c.with().engine.tell(rotate_user_feed{c.org(), id, std::move(by), std::move(reply)});
  });
}

void revoke(call c) {
  with_own(c, [&](user_id id) { c.with().engine.tell(revoke_user_feed{c.org(), id, c.by(), c.done()}); });
}

} // namespace

operations user_feed_operations() {
  operation_table add{users};
  add("GET", "/{id}/ical", "getUserFeed", false, "Is there a calendar feed of a user", "Never its URL.",
      {200, "Since when there is one.", core::user_feed_state_schema()->info()}, show);
  add("POST", "/{id}/ical/rotate", "rotateUserFeed", true, "Make a calendar feed of a user",
      "A new secret URL, shown this once, of all their shifts, whatever the schedule. The one before is good no "
      "longer. They may do it themselves, and whoever may change users (403).",
      {200, "The feed.", core::user_feed_schema()->info()}, rotate);
  add("DELETE", "/{id}/ical", "deleteUserFeed", true, "Revoke a calendar feed of a user",
      "Its URL is good no longer. 404 when there is none.", {204, "It is revoked.", nullptr}, revoke);
  for (auto& op : add.all)
    op.of_a_part = true;
  return std::move(add.all);
}

} // namespace gochron::http
