#include "storage/startup.hpp"

#include <algorithm>
#include <iterator>

#include "storage/channel/channel_rows.hpp"
#include "storage/escalation/policy_repository.hpp"
#include "storage/housekeeping/engine_run.hpp"
#include "storage/maintenance/window_rows.hpp"
#include "storage/monitor/monitor_loading.hpp"
#include "storage/organization/organization_repository.hpp"
#include "storage/people/people_repository.hpp"
#include "storage/rule/rule_repository.hpp"
#include "storage/user/user_repository.hpp"

namespace gochron::storage {
namespace {

using policy_with_turn = std::pair<escalation_policy_record, std::int64_t>;

// A heartbeat's period and grace may be a year each.
constexpr std::chrono::days longest_silence{2 * 366};

const statement last_incident_numbers{"last_incident_numbers", R"(
SELECT o.id, coalesce((SELECT max(i.number) FROM incidents i WHERE i.org_id = o.id), 0) FROM organizations o)"};

const statement load_rules{"load_rules", "SELECT" + rule_columns() + "FROM alert_rules r ORDER BY r.id"};

const statement load_users{"load_users", "SELECT" + user_columns() + "FROM users u ORDER BY u.id"};

const statement load_channels{"load_channels", "SELECT" + channel_columns() + "FROM channels c ORDER BY c.id"};

const statement load_notification_rules{"load_notification_rules", "SELECT" + notification_rule_columns() +
                                                                       "FROM notification_rules n ORDER BY n.id"};

const statement load_teams{"load_teams", "SELECT" + team_columns() + "FROM teams t ORDER BY t.id"};

const statement load_policies{"load_policies", "SELECT" + policy_columns() + R"(,
  coalesce((SELECT max(e.turn) FROM escalations e WHERE e.policy_id = p.id), 0)
FROM escalation_policies p ORDER BY p.id)"};

const statement load_windows{"load_windows", "SELECT" + window_columns() + R"(FROM maintenance_windows w
ORDER BY w.id)"};

const statement load_open_stretches{"load_open_stretches", "SELECT" + stretch_columns() + R"(
FROM maintenance_stretches x WHERE x.open)"};

const statement load_last_stretches{"load_last_stretches", "SELECT" + stretch_columns() + R"(
FROM maintenance_stretches x WHERE NOT x.open AND x.to_at > $1)"};

// Each row of a query through `read` to `visit`; the first row that does not read ends it.
template <class T, class Read>
sql_result<status> visit_each(connection& db, const statement& what, Read read, const std::function<void(T)>& visit) {
  auto found = db.run(what);
  if (!found)
    return sql_fail(found.error());
  for (int i = 0; i < found->size(); ++i) {
    row_reader in{*found, i};
    result<T> x = read(in);
    if (!x)
      return status{fail(x.error())};
    visit(std::move(*x));
  }
  return status{};
}

sql_status visit_numbers(connection& db, const std::function<void(org_id, std::int64_t)>& visit) {
  auto found = db.run(last_incident_numbers);
  if (!found)
    return sql_fail(found.error());
  for (int i = 0; i < found->size(); ++i) {
    org_id org;
    std::int64_t number = 0;
    row_reader{*found, i} >> org >> number;
    visit(org, number);
  }
  return {};
}

sql_result<status> visit_windows(connection& db, timestamp since, const startup_visitor& visit) {
  auto open = db.run(load_open_stretches);
  if (!open)
    return sql_fail(open.error());
  auto last = db.run(load_last_stretches, params{} << since);
  if (!last)
    return sql_fail(last.error());
  for (auto& x : map_rows(*last, stretch_from_row))
    if (visit.stretch)
      visit.stretch(std::move(x));
  auto under_way = map_rows(*open, stretch_from_row);
  std::function<void(maintenance_window_record)> take = [&](maintenance_window_record x) {
    loaded_window w{std::move(x), {}};
    std::ranges::copy_if(under_way, std::back_inserter(w.open), [&](auto& o) { return o.window == w.record.id; });
    visit.window(std::move(w));
  };
  return visit_each<maintenance_window_record>(db, load_windows, window_from_row, take);
}

} // namespace

sql_result<status> load_everything(const std::string& conninfo, timestamp now, const core::sealer& sealer,
                                   const startup_visitor& visit) {
  auto opened = connection::open(conninfo);
  if (!opened)
    return sql_fail(opened.error());
  auto& db = **opened;
  auto since = now - std::chrono::hours{24};
  if (visit.tenancy) {
    auto tenancy = read_tenancy(db);
    if (!tenancy)
      return sql_fail(tenancy.error());
    visit.tenancy(std::move(*tenancy));
  }
  if (visit.user)
    if (auto done = visit_each<user_record>(db, load_users, user_from_row, visit.user); !done || !*done)
      return done;
  if (visit.gap) {
    auto gaps = gaps_since(db, now - longest_silence);
    if (!gaps)
      return sql_fail(gaps.error());
    for (const auto& g : *gaps)
      visit.gap(g);
  }
  if (visit.last_incident_number)
    if (auto done = visit_numbers(db, visit.last_incident_number); !done)
      return sql_fail(done.error());
  if (visit.rule)
    if (auto done = visit_each<alert_rule_record>(db, load_rules, rule_from_row, visit.rule); !done || !*done)
      return done;
  auto channel = [&](row_reader& in) { return channel_from_row(in, sealer); };
  if (visit.channel)
    if (auto done = visit_each<channel_record>(db, load_channels, channel, visit.channel); !done || !*done)
      return done;
  if (visit.notification_rule)
    if (auto done = visit_each<notification_rule_record>(db, load_notification_rules, notification_rule_from_row,
                                                         visit.notification_rule);
        !done || !*done)
      return done;
  if (visit.team)
    if (auto done = visit_each<team_record>(db, load_teams, team_from_row, visit.team); !done || !*done)
      return done;
  auto policy = [&](row_reader& in) -> result<policy_with_turn> {
    auto x = policy_from_row(in);
    if (!x)
      return fail(x.error());
    std::int64_t turn = 0;
    in >> turn;
    return policy_with_turn{std::move(*x), turn};
  };
  std::function<void(policy_with_turn)> take = [&](policy_with_turn x) { visit.policy(std::move(x.first), x.second); };
  if (visit.policy)
    if (auto done = visit_each<policy_with_turn>(db, load_policies, policy, take); !done || !*done)
      return done;
  if (visit.window)
    if (auto done = visit_windows(db, since, visit); !done || !*done)
      return done;
  return visit.monitor ? load_all_monitors(conninfo, since, sealer, visit.monitor) : sql_result<status>{status{}};
}

} // namespace gochron::storage
