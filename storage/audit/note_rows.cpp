#include "storage/audit/note_rows.hpp"

#include "storage/json.hpp"

namespace gochron::storage {
namespace {

std::string ctes(const std::string& document, const std::string& conflict) {
  return R"(,
audit AS (
  INSERT INTO audit_log
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::audit_log, )" +
         document + R"(->'audit') x )" + conflict + R"(),
kept AS (
  INSERT INTO kept_answers
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::kept_answers, )" +
         document + R"(->'kept') x )" + conflict + R"()
)";
}

void write_entry(json_writer& to, const audit_entry& x) {
  to.begin_object();
  to("id", x.id)("org_id", x.org)("at", x.at)("actor", x.actor)("token_id", x.token)("action", x.action);
  to("resource_type", x.type)("resource_id", x.resource)("version_from", x.version_from)("version_to", x.version_to);
  to("patch", x.patch)("reason", x.reason)("ip", x.ip)("request_id", x.request_id);
  to.end_object();
}

void write_link(json_writer& to, const link_use& x, const audit_entry& of, timestamp now) {
  to.begin_object();
  to("delivery_id", x.delivery)("verb", x.verb)("org_id", of.org)("incident_id", x.incident)("used_at", now);
  to("actor", of.actor);
  to.end_object();
}

void write_answer(json_writer& to, const kept_answer& x, const core::sealer& sealer, timestamp now) {
  std::string fingerprint{reinterpret_cast<const char*>(x.fingerprint.data()), x.fingerprint.size()};
  to.begin_object();
  to("token_id", x.token)("key", x.key)("org_id", x.org)("kept_at", now)("fingerprint", binary{std::move(fingerprint)});
  to("answer", binary{sealer.seal(x.answer, purpose_of(x))});
  to.end_object();
}

} // namespace

std::string note_ctes(const std::string& document) {
  return ctes(document, "");
}

const std::string& step_note_ctes() {
  static const auto text = ctes("gate.d->'note'", "ON CONFLICT DO NOTHING") + R"(,
pressed AS (
  INSERT INTO link_uses
  SELECT x.* FROM gate, jsonb_populate_recordset(NULL::link_uses, gate.d->'note'->'links') x ON CONFLICT DO NOTHING)
)";
  return text;
}

std::string note_document(const write_note& x, const core::sealer& sealer, timestamp now) {
  json_writer to;
  to.begin_object();
  to.key("audit").begin_array();
  if (x.entry)
    write_entry(to, *x.entry);
  for (const auto& more : x.consequences)
    write_entry(to, more);
  to.end_array();
  if (x.answer) {
    to.key("kept").begin_array();
    write_answer(to, *x.answer, sealer, now);
    to.end_array();
  }
  if (x.link && x.entry) {
    to.key("links").begin_array();
    write_link(to, *x.link, *x.entry, now);
    to.end_array();
  }
  to.end_object();
  return std::string{to.text()};
}

std::string purpose_of(const kept_answer& x) {
  return "kept answer " + x.token.str() + ' ' + x.key;
}

} // namespace gochron::storage
