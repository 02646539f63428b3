#include <charconv>

#include "core/schema/audit.hpp"
#include "http/configured.hpp"

namespace gochron::http {
namespace {

const noun audit_log{"/api/audit-log", "Audit log", "audit-log"};

const std::vector<parameter>& filters() {
  static const auto all = list_parameters({
      {"actor", "Only what this actor did: `token:tok_...`, `cli` or `system`."},
      id_parameter<token_id>("token_id", "Only what was done with this token."),
      enum_parameter<audit_action>("action", "Only these actions."),
      enum_parameter<audited_resource>("resource_type", "Only to resources of these types."),
      {"resource_id", "Only to this resource."},
      time_parameter("from", "Done at or after this time."),
      time_parameter("to", "Done before this time."),
      {"sort", "The order; `-` turns it round.", R"({"type":"string","enum":["at","-at"],"default":"-at"})"},
  });
  return all;
}

bool oldest_first(query_reader& q) {
  auto wanted = q.text("sort");
  if (wanted && *wanted != "at" && *wanted != "-at")
    q.wrong("sort", "not_one_of", "Not an order of this list.");
  return wanted == "at";
}

void list(call c) {
  query_reader q{c};
  audit_query wanted;
  wanted.actor = q.text("actor");
  wanted.token = q.id<token_id>("token_id");
  wanted.actions = q.names<audit_action>("action");
  wanted.types = q.names<audited_resource>("resource_type");
  wanted.resource = q.text("resource_id");
  wanted.from = q.time("from");
  wanted.to = q.time("to");
  wanted.oldest_first = oldest_first(q);
  auto page = q.page();
  if (auto e = q.problem(filters()))
    return c.refuse(*e);
  c.with().audit.entries(c.org(), std::move(wanted), page, list_of<audit_entry>(c, core::audit_entry_schema()));
}

void get(call c) {
  if (refused_parameters(c))
    return;
  if (auto id = c.id<audit_id>())
    c.with().audit.entry(c.org(), *id,
                         reply_to<audit_entry>{[c](result<audit_entry> x) { c.one(x, *core::audit_entry_schema()); }});
}

const std::vector<parameter>& verify_parameters() {
  static const std::vector<parameter> all{{"after",
                                           "Go on behind this sequence: `last_sequence` of an answer that was not "
                                           "complete.",
                                           R"({"type":"integer","minimum":0,"default":0})"}};
  return all;
}

std::int64_t after_of(query_reader& q) {
  auto text = q.text("after");
  std::int64_t after = 0;
  if (!text)
    return after;
  auto [end, bad] = std::from_chars(text->data(), text->data() + text->size(), after);
  if (bad != std::errc{} || end != text->data() + text->size() || after < 0)
    q.wrong("after", "out_of_range", "A whole number from 0.");
  return after;
}

void verify(call c) {
  query_reader q{c};
  auto after = after_of(q);
  if (auto e = q.problem(verify_parameters()))
    return c.refuse(*e);
  extend_deadline(c.ticket(), std::chrono::seconds{30});
  c.with().audit.verify(c.org(), after, reply_to<audit_verdict>{[c](result<audit_verdict> x) {
                          c.one(x, *core::audit_verdict_schema());
                        }});
}

} // namespace

operations audit_operations() {
  auto type = core::audit_entry_schema()->info();
  operation_table add{audit_log};
  add("GET", "", "listAuditEntries", false, "List the audit log",
      "Every write: who, what, when and why, newest first. An entry is written in the transaction of its change; "
      "within "
      "a second or so it is sealed into the organisation's chain of hashes.",
      {200, "A page of entries.", type, true}, list)
      .query = filters();
  add("GET", "/verify", "verifyAuditLog", false, "Verify the audit log",
      "Recomputes the chain of hashes, for some seconds at most, and says where it does not hold.",
      {200, "What was found.", core::audit_verdict_schema()->info()}, verify)
      .query = verify_parameters();
  add("GET", "/{id}", "getAuditEntry", false, "Get an entry of the audit log", "One change.", {200, "The entry.", type},
      get);
  return std::move(add.all);
}

} // namespace gochron::http
