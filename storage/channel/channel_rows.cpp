#include "storage/channel/channel_rows.hpp"

#include "core/documents.hpp"
#include "storage/repository.hpp"

namespace gochron::storage {
namespace {

// Each sealed value opens in its own place only.
std::string purpose(const channel_id& id, const char* what) {
  return std::string{"channel "} + what + ' ' + id.str();
}

void append_sealed(params& to, const core::sealer& sealer, const std::string& secret, const std::string& place) {
  if (auto sealed = seal(sealer, secret, place))
    to << binary{std::move(*sealed)};
  else
    to << std::nullopt;
}

void read_proof(row_reader& in, contact_proof& x) {
  std::vector<std::string> sent;
  in >> x.verified_at >> x.code_digest >> x.code_expires_at >> x.tries >> sent;
  for (const auto& at : sent)
    x.sent.push_back(timestamp{milliseconds{std::stoll(at)}}); // of a bigint
}

} // namespace

const std::string& channel_columns() {
  static const std::string text =
      " c.id, c.org_id, c.version, c.created_at, c.updated_at, c.spec, c.sealed, c.secret_sealed, "
      "c.previous_secret_sealed, c.secret_version, c.secret_created_at, c.previous_expires_at, c.health_state, "
      "c.consecutive_failures, c.failing_since, c.last_success_at, c.disabled_reason, c.user_id, c.verified_at, "
      "c.code_digest, c.code_expires_at, c.code_tries, c.codes_sent::text[] ";
  return text;
}

result<channel_record> channel_from_row(row_reader& in, const core::sealer& sealer) {
  channel_record x;
  std::string plain, sealed, secret_sealed, previous_sealed;
  in >> x.id >> x.org >> x.version >> x.created_at >> x.updated_at >> plain >> sealed >> secret_sealed >>
      previous_sealed >> x.secret.version >> x.secret.created_at >> x.secret.previous_expires_at >> x.health.state >>
      x.health.consecutive_failures >> x.health.failing_since >> x.health.last_success_at >> x.health.disabled_reason;
  std::optional<user_id> user;
  in >> user;
  read_proof(in, x.proof);
  auto document = unseal(sealer, sealed, purpose(x.id, "document"));
  auto secret = unseal(sealer, secret_sealed, purpose(x.id, "secret"));
  auto previous = unseal(sealer, previous_sealed, purpose(x.id, "previous secret"));
  for (const auto* opened : {&document, &secret, &previous})
    if (!*opened)
      return fail(opened->error());
  x.secret.value = std::move(*secret);
  x.secret.previous = std::move(*previous);
  auto spec = core::channel_spec_of(plain, *document);
  if (!spec)
    return fail(errc::internal, "The stored channel " + x.id.str() + " does not read: " + spec.error().detail);
  x.spec = std::move(*spec);
  x.spec.user = user;
  return x;
}

void append_spec(params& to, const channel_record& x, const core::sealer& sealer) {
  auto document = core::to_document(x.spec);
  to << x.spec.name << x.spec.enabled << document.plain;
  append_sealed(to, sealer, document.secret, purpose(x.id, "document"));
  append_sealed(to, sealer, x.secret.value, purpose(x.id, "secret"));
  append_sealed(to, sealer, x.secret.previous, purpose(x.id, "previous secret"));
  to << x.secret.version << x.secret.created_at << x.secret.previous_expires_at;
}

void append_health(params& to, const channel_health& x) {
  to << x.state << x.consecutive_failures << x.failing_since << x.last_success_at << x.disabled_reason;
}

const std::string& delivery_columns() {
  static const std::string text = " d.id, d.org_id, d.channel_id, d.rule_id, d.state, d.attempts, d.attempts_base, "
                                  "d.created_at, d.next_attempt_at, "
                                  "d.finished_at, d.last_error, d.report_state, d.report_code, d.report_at, e.id, "
                                  "e.type, e.incident_id, e.sequence, e.at, e.body, "
                                  "coalesce((SELECT p.reference FROM deliveries p WHERE p.channel_id = d.channel_id "
                                  "AND p.incident_id = d.incident_id AND p.reference IS NOT NULL "
                                  "ORDER BY p.sequence DESC, p.id DESC LIMIT 1), ''), coalesce(d.group_key, ''), "
                                  "d.user_id ";
  return text;
}

delivery delivery_from_row(row_reader& in) {
  delivery x;
  std::string body, report_code;
  std::optional<carrier_state> reported;
  std::optional<timestamp> report_at;
  in >> x.id >> x.org >> x.channel >> x.rule >> x.state >> x.attempts >> x.attempts_base >> x.created_at >>
      x.next_attempt_at >> x.finished_at >> x.last_error >> reported >> report_code >> report_at >> x.event.id >>
      x.event.type >> x.event.incident >> x.event.sequence >> x.event.at >> body >> x.reference >> x.group >> x.user;
  if (reported && report_at)
    x.report = carrier_report{*reported, std::move(report_code), *report_at};
  x.event.org = x.org;
  x.event.body = std::make_shared<const std::string>(std::move(body));
  return x;
}

} // namespace gochron::storage
