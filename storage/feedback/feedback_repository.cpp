#include "storage/feedback/feedback_repository.hpp"

#include "core/incident_text.hpp"
#include "core/names.hpp"
#include "storage/channel/channel_rows.hpp"
#include "storage/incident/transition_rows.hpp"

namespace gochron::storage {
namespace {

// Of all organisations: the link's signature is of the delivery, whose row says which one.
const statement linked_incident_of{"linked_incident_of", "SELECT" + incident_columns() + R"(, c.id, c.name, c.user_id,
  coalesce(p.name, ''),
  EXISTS (SELECT FROM link_uses u WHERE u.delivery_id = d.id AND u.verb = $2 AND u.org_id = d.org_id)
FROM deliveries d
JOIN incidents i ON i.id = d.incident_id AND i.org_id = d.org_id
JOIN channels c ON c.id = d.channel_id AND c.org_id = d.org_id
LEFT JOIN users p ON p.id = c.user_id AND p.org_id = c.org_id
WHERE d.id = $1)"};

// Likewise: that the channel's own secret has signed the request is for the caller to see.
const statement channel_by_id{"channel_by_id", "SELECT" + channel_columns() + "FROM channels c WHERE c.id = $1"};
const statement channel_of_delivery{"channel_of_delivery", "SELECT" + channel_columns() + R"(
FROM deliveries d JOIN channels c ON c.id = d.channel_id AND c.org_id = d.org_id WHERE d.id = $1)"};

// Where a telephone is a channel's and somebody's contact method, it is theirs.
const statement texted_incidents{"texted_incidents", R"(
WITH told AS (
  SELECT d.incident_id, d.created_at, c.id AS channel_id, c.name, c.user_id, coalesce(p.name, '') AS user_name
  FROM deliveries d JOIN channels c ON c.id = d.channel_id AND c.org_id = d.org_id
  LEFT JOIN users p ON p.id = c.user_id AND p.org_id = c.org_id
  WHERE d.org_id = $1 AND d.incident_id IS NOT NULL AND d.attempts > 0 AND d.channel_id IN (
    SELECT s.id FROM channels s
    WHERE s.org_id = $1 AND s.spec->>'type' = 'sms' AND s.spec->'sms'->>'to' = $2)
  ORDER BY d.created_at DESC LIMIT $4::bigint),
latest AS (
  SELECT DISTINCT ON (incident_id) incident_id, max(created_at) OVER (PARTITION BY incident_id) AS created_at,
    channel_id, name, user_id, user_name
  FROM told ORDER BY incident_id, user_id IS NULL, told.created_at DESC))" +
                                                         std::string{" SELECT"} + incident_columns() +
                                                         R"(, l.channel_id, l.name, l.user_id, l.user_name
FROM latest l JOIN incidents i ON i.id = l.incident_id AND i.org_id = $1
WHERE CASE WHEN $3::bigint IS NULL THEN i.state <> 'resolved' ELSE i.number = $3::bigint END
ORDER BY l.created_at DESC, i.id DESC LIMIT 2)"};

// `sent` is not the end: what comes after it counts, in whatever order it came in.
const statement report_delivery{"report_delivery", R"(
WITH gate AS (
  UPDATE deliveries d SET report_state = $3, report_code = $4, report_at = $5::timestamptz
  WHERE d.id = $1 AND d.org_id = $2 AND (d.report_state IS NULL OR (d.report_state = 'sent' AND $3 <> 'sent'))
  RETURNING d.id, d.org_id, d.incident_id, d.channel_id, d.rule_id),
lines AS (
  INSERT INTO incident_timeline
    (id, incident_id, org_id, at, kind, actor, message, rule_id, channel_id, delivery_id, policy_id)
  SELECT $6::uuid, g.incident_id, g.org_id, $5::timestamptz, 'notification_failed', 'system',
    format($7::text, c.name), g.rule_id, g.channel_id, g.id, NULL
  FROM gate g JOIN channels c ON c.id = g.channel_id AND c.org_id = g.org_id
  WHERE g.incident_id IS NOT NULL AND $7::text <> '')
SELECT (SELECT count(*) FROM gate), EXISTS (SELECT FROM deliveries WHERE id = $1 AND org_id = $2))"};

message_receiver receiver_from_row(row_reader& in) {
  message_receiver x;
  in >> x.channel >> x.channel_name >> x.user >> x.user_name;
  return x;
}

sql_result<result<linked_incident>> read_linked(connection& db, const delivery_id& id, const std::string& verb) {
  auto found = db.run(linked_incident_of, params{} << id << verb);
  if (!found)
    return sql_fail(found.error());
  if (found->empty())
    return result<linked_incident>{fail(errc::not_found, "No such link.")};
  row_reader in{*found, 0};
  linked_incident x;
  x.about = incident_from_row(in);
  x.to = receiver_from_row(in);
  in >> x.used;
  return result<linked_incident>{std::move(x)};
}

sql_result<result<channel_record>> read_channel(connection& db, const statement& what, const params& p,
                                                const core::sealer& sealer) {
  auto found = db.run(what, p);
  if (!found)
    return sql_fail(found.error());
  if (found->empty())
    return result<channel_record>{fail(errc::not_found, "No such channel.")};
  row_reader in{*found, 0};
  return channel_from_row(in, sealer);
}

texted_incident texted_from_row(row_reader& in) {
  texted_incident x;
  x.about = incident_from_row(in);
  x.to = receiver_from_row(in);
  return x;
}

bool did_not_arrive(const carrier_report& x) {
  return x.state == carrier_state::undelivered || x.state == carrier_state::failed;
}

} // namespace

void feedback_repository::linked(delivery_id id, std::string verb, reply_to<linked_incident> done) {
  deps_.reads->read<linked_incident>(
      std::move(done), [id, verb = std::move(verb)](connection& db) { return read_linked(db, id, verb); });
}

void feedback_repository::channel(channel_id id, reply_to<channel_record> done) {
  deps_.reads->read<channel_record>(std::move(done), [id, sealer = deps_.sealer](connection& db) {
    return read_channel(db, channel_by_id, params{} << id, *sealer);
  });
}

void feedback_repository::channel_of(delivery_id id, reply_to<channel_record> done) {
  deps_.reads->read<channel_record>(std::move(done), [id, sealer = deps_.sealer](connection& db) {
    return read_channel(db, channel_of_delivery, params{} << id, *sealer);
  });
}

void feedback_repository::texted(org_id org, std::string telephone, std::optional<std::int64_t> number,
                                 reply_to<std::vector<texted_incident>> done) {
  using all = std::vector<texted_incident>;
  deps_.reads->read<all>(std::move(done), [=, to = std::move(telephone)](connection& db) -> sql_result<result<all>> {
    auto found = db.run(texted_incidents, params{} << org << to << number << most_texts);
    if (!found)
      return sql_fail(found.error());
    return result<all>{map_rows(*found, texted_from_row)};
  });
}

void feedback_repository::report(org_id org, delivery_id id, carrier_report x, reply_to<void> done) {
  auto line = did_not_arrive(x) ? core::not_arrived_format(core::name_of(x.state), x.code) : std::string{};
  params p;
  p << id << org << x.state << x.code << x.at << timeline_id::make(x.at) << line;
  auto judge = [](const rows& answer) -> result<void> {
    std::int64_t changed = 0;
    bool there = false;
    row_reader{answer, 0} >> changed >> there;
    return there ? result<void>{} : fail(errc::not_found, "No such delivery.");
  };
  deps_.writers->submit(id.value, one_command<void>({&report_delivery, std::move(p)}, std::move(done), judge, true));
}

} // namespace gochron::storage
