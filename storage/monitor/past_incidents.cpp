#include "storage/escalation/escalation_rows.hpp"
#include "storage/incident/transition_rows.hpp"
#include "storage/monitor/monitor_repository.hpp"

namespace gochron::storage {
namespace {

const statement load_incident{"load_incident", "SELECT" + incident_columns() +
                                                   "FROM incidents i WHERE i.id = $1 AND i.org_id = $2 AND "
                                                   "i.monitor_id = $3"};

sql_result<result<incident>> find_incident(connection& db, org_id org, monitor_id of, incident_id id) {
  auto found = db.run(load_incident, params{} << id << org << of);
  if (!found)
    return sql_fail(found.error());
  if (found->empty())
    return result<incident>{fail(errc::not_found, "No such incident.")};
  row_reader in{*found, 0};
  auto x = incident_from_row(in);
  auto escalating = escalations_of(db, {id});
  if (!escalating)
    return sql_fail(escalating.error());
  if (!*escalating)
    return result<incident>{fail(escalating->error())};
  x.escalations = std::move(**escalating);
  return result<incident>{std::move(x)};
}

} // namespace

void monitor_repository::load(org_id org, monitor_id of, incident_id id, reply_to<incident> done) {
  deps_.reads->read<incident>(std::move(done),
                              [org, of, id](connection& db) { return find_incident(db, org, of, id); });
}

} // namespace gochron::storage
