#include "storage/monitor/monitor_rows.hpp"

#include "core/documents.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {
namespace {

std::string purpose(const monitor_id& id) {
  return "monitor " + id.str();
}

void read_runtime(row_reader& in, monitor_runtime& x) {
  in >> x.sequence >> x.state.status >> x.state.transition >> x.state.first_failure >> x.state.failures >>
      x.state.first_success >> x.state.successes >> x.status_since >> x.cause.code >> x.cause.message >>
      x.last_checked_at >> x.open_incident >> x.heartbeat.last_ping >> x.heartbeat.started_at >> x.heartbeat.run_id >>
      x.heartbeat.last_duration >> x.skipped_slots;
}

} // namespace

const std::string& monitor_view_columns() {
  static const std::string text =
      " m.id, m.org_id, m.version, m.created_at, m.updated_at, m.ping_token, m.retired_token, "
      "m.retired_until, m.spec, m.sealed, s.sequence, s.status, "
      "s.transition, s.first_failure, s.failures, s.first_success, s.successes, s.status_since, s.cause_code, "
      "s.cause_message, s.last_checked_at, s.open_incident_id, s.last_ping, s.run_started_at, s.run_id, "
      "s.last_duration_ms, s.skipped_slots ";
  return text;
}

const std::string& monitor_view_tables() {
  static const std::string text = " monitors m JOIN monitor_state s ON s.monitor_id = m.id ";
  return text;
}

result<monitor_view> view_from_row(row_reader& in, const core::sealer& sealer) {
  monitor_view x;
  std::string plain, sealed, retired;
  std::optional<timestamp> retired_until;
  in >> x.record.id >> x.record.org >> x.record.version >> x.record.created_at >> x.record.updated_at >>
      x.record.ping_token >> retired >> retired_until >> plain >> sealed;
  if (retired_until)
    x.record.retired = retired_token{std::move(retired), *retired_until};
  read_runtime(in, x.runtime);
  auto secret = unseal(sealer, sealed, purpose(x.record.id));
  if (!secret)
    return fail(secret.error());
  auto spec = core::monitor_spec_of(plain, *secret);
  if (!spec)
    return fail(errc::internal, "The stored monitor " + x.record.id.str() + " does not read: " + spec.error().detail);
  x.record.spec = std::move(*spec);
  return x;
}

void write_row(json_writer& to, const monitor_record& x, const core::sealer& sealer) {
  auto document = core::to_document(x.spec);
  auto sealed = seal(sealer, document.secret, purpose(x.id));
  to.begin_object();
  to("id", x.id)("org_id", x.org)("version", x.version)("created_at", x.created_at)("updated_at", x.updated_at);
  to("retired_token", x.retired ? std::optional{x.retired->value} : std::nullopt);
  to("retired_until", x.retired ? std::optional{x.retired->good_until} : std::nullopt);
  to("type", x.spec.type())("ping_token", unless_blank(x.ping_token))("key", x.spec.key)("name", x.spec.name);
  to("tags", x.spec.tags)("paused", x.spec.paused).raw("spec", document.plain);
  to("sealed", sealed ? std::optional{binary{std::move(*sealed)}} : std::nullopt);
  to.end_object();
}

} // namespace gochron::storage
