#include "storage/query/query_repository.hpp"

/// Calendar feeds: whose a secret is, and which schedules are in somebody's.
namespace gochron::storage {
namespace {

const statement owner_of_secret{"owner_of_secret", R"(
SELECT s.org_id, s.id, NULL::uuid FROM schedules s WHERE s.ical_digest = $1
UNION ALL SELECT u.org_id, NULL, u.id FROM users u WHERE u.ical_digest = $1)"};

const statement feed_of_user{"feed_of_user", "SELECT u.ical_created_at FROM users u WHERE u.id = $1 AND u.org_id = $2"};

// Revisions that were in force in that time; overrides of that time; and schedules that take the people of one of
// these.
const statement schedules_that_name{"schedules_that_name", R"(
WITH named AS (
  SELECT r.schedule_id AS id FROM schedule_revisions r
  WHERE r.org_id = $1 AND r.effective_from < $4::timestamptz
    AND jsonb_path_exists(r.spec, '$.layers[*].members[*][*] ? (@ == $who)', jsonb_build_object('who', $5::text))
    AND NOT EXISTS (
      SELECT FROM schedule_revisions l WHERE l.schedule_id = r.schedule_id AND l.effective_from <= $3::timestamptz
        AND (l.effective_from, l.version) > (r.effective_from, r.version))
  UNION
  SELECT o.schedule_id FROM schedule_overrides o
  WHERE o.org_id = $1 AND o.end_at > $3::timestamptz AND o.start_at < $4::timestamptz AND $2 = ANY(o.user_ids)),
found AS (
  SELECT id FROM named
  UNION
  SELECT o.schedule_id FROM schedule_overrides o JOIN named n ON n.id = o.other_id
  WHERE o.org_id = $1 AND o.end_at > $3::timestamptz AND o.start_at < $4::timestamptz)
SELECT s.id FROM schedules s JOIN found f ON f.id = s.id WHERE s.org_id = $1 ORDER BY s.created_at, s.id)"};

} // namespace

void query_repository::owner_of_feed(sha256_digest digest, reply_to<feed_owner> done) {
  auto body = [digest](connection& db) -> sql_result<result<feed_owner>> {
    auto found =
        db.run(owner_of_secret, params{} << binary{{reinterpret_cast<const char*>(digest.data()), digest.size()}});
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<feed_owner>{fail(errc::not_found, "No such calendar.")};
    feed_owner x;
    row_reader{*found, 0} >> x.org >> x.schedule >> x.user;
    return result<feed_owner>{x};
  };
  deps_.reads->read<feed_owner>(std::move(done), std::move(body));
}

void query_repository::user_feed(org_id org, user_id id, reply_to<std::optional<timestamp>> done) {
  using made = std::optional<timestamp>;
  auto body = [=](connection& db) -> sql_result<result<made>> {
    auto found = db.run(feed_of_user, params{} << id << org);
    if (!found)
      return sql_fail(found.error());
    if (found->empty())
      return result<made>{fail(errc::not_found, "No such user.")};
    made at;
    row_reader{*found, 0} >> at;
    return result<made>{at};
  };
  deps_.reads->read<made>(std::move(done), std::move(body));
}

void query_repository::schedules_naming(org_id org, user_id user, timestamp from, timestamp to,
                                        reply_to<std::vector<schedule_id>> done) {
  using ids = std::vector<schedule_id>;
  auto body = [=](connection& db) -> sql_result<result<ids>> {
    auto found = db.run(schedules_that_name, params{} << org << user << from << to << user.str());
    if (!found)
      return sql_fail(found.error());
    ids all(static_cast<std::size_t>(found->size()));
    for (int i = 0; i < found->size(); ++i)
      row_reader{*found, i} >> all[static_cast<std::size_t>(i)];
    return result<ids>{std::move(all)};
  };
  deps_.reads->read<ids>(std::move(done), std::move(body));
}

} // namespace gochron::storage
