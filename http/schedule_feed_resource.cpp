#include "core/schema/schedule.hpp"
#include "http/configured.hpp"

/// The secret of a schedule's calendar feed.
namespace gochron::http {
namespace {

const noun schedules{"/api/schedules", "Schedules", "schedules"};

void rotate(call c) {
  with_target<schedule_id>(c, [&](schedule_id id, auto) {
    auto [by, reply] = c.write<schedule_feed>(
        [c](const schedule_feed& x) { return c.shown(x, *core::schedule_feed_schema(), std::nullopt, true); });
    c.with().engine.tell(rotate_feed{c.org(), id, std::move(by), std::move(reply)});
  });
}

void revoke(call c) {
  with_target<schedule_id>(c, [&](schedule_id id, auto) {
    c.with().engine.tell(revoke_feed{c.org(), id, c.by(), c.done()});
  });
}

} // namespace

operations schedule_feed_operations() {
  operation_table add{schedules};
  add("POST", "/{id}/ical/rotate", "rotateScheduleFeed", true, "Make a calendar feed",
      "A new secret URL, shown this once, for calendars to subscribe to. The one before is good no longer.",
      {200, "The feed.", core::schedule_feed_schema()->info()}, rotate);
  add("DELETE", "/{id}/ical", "deleteScheduleFeed", true, "Revoke a calendar feed",
      "Its URL is good no longer. 404 when there is none.", {204, "It is revoked.", nullptr}, revoke);
  for (auto& op : add.all)
    op.of_a_part = true;
  return std::move(add.all);
}

} // namespace gochron::http
