#include "storage/channel/channel_rows.hpp"
#include "storage/escalation/policy_repository.hpp"
#include "storage/maintenance/window_rows.hpp"
#include "storage/monitor/monitor_rows.hpp"
#include "storage/people/people_repository.hpp"
#include "storage/query/query_repository.hpp"
#include "storage/rule/rule_repository.hpp"
#include "storage/schedule/schedule_rows.hpp"

namespace gochron::storage {
namespace {

const statement begin_snapshot{"begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
const statement end_snapshot{"end_snapshot", "COMMIT"};
const statement leave_snapshot{"leave_snapshot", "ROLLBACK"};

const statement all_channels{"all_channels", "SELECT" + channel_columns() +
                                                 "FROM channels c WHERE c.org_id = $1 AND c.user_id IS NULL "
                                                 "LIMIT $2::bigint"};
const statement all_monitors{"all_monitors", "SELECT" + monitor_view_columns() + "FROM" + monitor_view_tables() +
                                                 "WHERE m.org_id = $1 LIMIT $2::bigint"};
const statement all_rules{"all_rules",
                          "SELECT" + rule_columns() + "FROM alert_rules r WHERE r.org_id = $1 LIMIT $2::bigint"};
const statement all_policies{"all_policies", "SELECT" + policy_columns() +
                                                 "FROM escalation_policies p WHERE p.org_id = $1 LIMIT $2::bigint"};

const statement all_schedules{"all_schedules",
                              "SELECT" + schedule_columns() + "FROM schedules s WHERE s.org_id = $1 LIMIT $2::bigint"};

const statement all_windows{"all_windows", "SELECT" + window_columns() +
                                               "FROM maintenance_windows w WHERE w.org_id = $1 LIMIT $2::bigint"};
const statement all_contact_methods{"all_contact_methods", "SELECT" + channel_columns() +
                                                               "FROM channels c WHERE c.org_id = $1 AND c.user_id IS "
                                                               "NOT NULL LIMIT $2::bigint"};
const statement all_notification_rules{"all_notification_rules",
                                       "SELECT" + notification_rule_columns() +
                                           "FROM notification_rules n WHERE n.org_id = $1 LIMIT $2::bigint"};
const statement all_teams{"all_teams", "SELECT" + team_columns() + "FROM teams t WHERE t.org_id = $1 LIMIT $2::bigint"};

template <class T, class FromRow>
status read_all(const rows& found, std::vector<T>& to, FromRow from_row) {
  auto all = all_or_first_error(map_rows(found, [&](row_reader& in) -> result<T> { return from_row(in); }));
  if (!all)
    return fail(all.error());
  to = std::move(*all);
  return {};
}

result<configuration> read_configuration(std::span<const rows> found, const core::sealer& sealer) {
  std::size_t total = 0;
  for (std::size_t i = 1; i + 1 < found.size(); ++i)
    total += static_cast<std::size_t>(found[i].size());
  if (total > configuration::most)
    return fail(errc::invalid,
                "More than " + std::to_string(configuration::most) + " resources are too many for one document.");
  configuration x;
  auto channels = read_all(found[1], x.channels, [&](row_reader& in) { return channel_from_row(in, sealer); });
  auto monitors = read_all(found[2], x.monitors, [&](row_reader& in) -> result<monitor_record> {
    auto view = view_from_row(in, sealer);
    return view ? result<monitor_record>{std::move(view->record)} : fail(view.error());
  });
  auto rules = read_all(found[3], x.alert_rules, rule_from_row);
  auto schedules = read_all(found[4], x.schedules, schedule_from_row);
  auto policies = read_all(found[5], x.escalation_policies, policy_from_row);
  auto windows = read_all(found[6], x.maintenance_windows, window_from_row);
  auto methods = read_all(found[7], x.contact_methods, [&](row_reader& in) {
    return channel_from_row(in, sealer).map([](const channel_record& y) { return contact_method_of(y); });
  });
  auto notifications = read_all(found[8], x.notification_rules, notification_rule_from_row);
  auto teams = read_all(found[9], x.teams, team_from_row);
  for (const auto* read :
       {&channels, &monitors, &rules, &schedules, &policies, &windows, &methods, &notifications, &teams})
    if (!*read)
      return fail(read->error());
  return x;
}

} // namespace

void query_repository::configured(org_id org, reply_to<configuration> done) {
  auto body = [=, sealer = deps_.sealer](connection& db) -> sql_result<result<configuration>> {
    auto of = params{} << org << static_cast<std::int64_t>(configuration::most + 1);
    std::vector<command> all{{&begin_snapshot, {}}, {&all_channels, of},        {&all_monitors, of},
                             {&all_rules, of},      {&all_schedules, of},       {&all_policies, of},
                             {&all_windows, of},    {&all_contact_methods, of}, {&all_notification_rules, of},
                             {&all_teams, of},      {&end_snapshot, {}}};
    auto found = db.pipeline(all);
    if (!found) {
      if (db.alive())
        (void)db.run(leave_snapshot);
      return sql_fail(found.error().error);
    }
    return read_configuration(*found, *sealer);
  };
  deps_.reads->read<configuration>(std::move(done), std::move(body));
}

} // namespace gochron::storage
