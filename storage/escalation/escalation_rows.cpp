#include "storage/escalation/escalation_rows.hpp"

#include "core/documents.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {
namespace {

const statement load_escalations{"load_escalations", "SELECT" + escalation_columns() +
                                                         "FROM escalations e WHERE e.incident_id = ANY($1::uuid[]) "
                                                         "ORDER BY e.id"};

void write_place(json_writer& to, const std::optional<escalation_place>& x, const char* step, const char* key,
                 const char* cycle) {
  using number = std::optional<std::int64_t>;
  to(step, x ? number{x->step} : number{});
  to(key, x ? std::optional{x->key} : std::nullopt);
  to(cycle, x ? number{x->cycle} : number{});
}

std::optional<escalation_place> read_place(row_reader& in) {
  std::optional<std::int32_t> step;
  escalation_place x;
  in >> step >> x.key >> x.cycle;
  if (!step)
    return std::nullopt;
  x.step = *step;
  return x;
}

} // namespace

void write_escalations(json_writer& to, const std::vector<escalation>& xs) {
  to.key("escalations").begin_array();
  for (const auto& x : xs) {
    to.begin_object();
    to("id", x.id)("org_id", x.org)("incident_id", x.incident)("monitor_id", x.monitor)("policy_id", x.policy);
    to("rule_id", x.rule)("state", x.state)("version", x.version);
    write_place(to, x.next, "next_step", "next_key", "next_cycle");
    write_place(to, x.last, "last_step", "last_key", "last_cycle");
    to("due_at", x.due_at)("moved_at", x.moved_at)("turn", x.turn);
    to.raw("snapshot", x.snapshot ? core::to_document(*x.snapshot).plain : "null");
    to("urgency", x.urgency).raw("pending", core::pending_document(x.pending));
    to.end_object();
  }
  to.end_array();
}

const std::string& escalation_columns() {
  static const std::string text =
      " e.id, e.org_id, e.incident_id, e.monitor_id, e.policy_id, e.rule_id, e.state, e.version, e.next_step, "
      "e.next_key, e.next_cycle, e.last_step, e.last_key, e.last_cycle, e.due_at, e.moved_at, e.turn, e.snapshot, "
      "coalesce(e.urgency, 'high'), coalesce(e.pending, '[]') ";
  return text;
}

result<escalation> escalation_from_row(row_reader& in) {
  escalation x;
  in >> x.id >> x.org >> x.incident >> x.monitor >> x.policy >> x.rule >> x.state >> x.version;
  x.next = read_place(in);
  x.last = read_place(in);
  std::string snapshot, pending;
  in >> x.due_at >> x.moved_at >> x.turn >> snapshot >> x.urgency >> pending;
  auto pages = core::pending_of(pending);
  if (!pages)
    return fail(errc::internal, "The stored escalation " + x.id.str() + " does not read: " + pages.error().detail);
  x.pending = std::move(*pages);
  if (snapshot.empty())
    return x;
  auto spec = core::escalation_policy_spec_of(snapshot, {});
  if (!spec)
    return fail(errc::internal, "The stored escalation " + x.id.str() + " does not read: " + spec.error().detail);
  x.snapshot = std::make_shared<const escalation_policy_spec>(std::move(*spec));
  return x;
}

sql_result<result<std::vector<escalation>>> escalations_of(connection& db, const std::vector<incident_id>& incidents) {
  if (incidents.empty())
    return result<std::vector<escalation>>{std::vector<escalation>{}};
  auto found = db.run(load_escalations, params{} << incidents);
  if (!found)
    return sql_fail(found.error());
  return all_or_first_error(map_rows(*found, escalation_from_row));
}

} // namespace gochron::storage
