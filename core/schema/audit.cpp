#include "core/schema/audit.hpp"

#include "core/bytes.hpp"
#include "core/schema/common.hpp"

namespace gochron::core {
namespace {

property_info operation_member(std::string name, std::string_view doc, std::string_view example,
                               std::vector<std::string_view> names = {}) {
  type_info text;
  text.kind = json_kind::text;
  text.names = std::move(names);
  return {std::move(name), {.doc = doc, .example = example}, std::make_shared<type_info>(std::move(text)), {}, {}, {}};
}

type_info describe_patch() {
  type_info operation;
  operation.kind = json_kind::object;
  operation.component = "PatchOperation";
  operation.doc = "An operation of an RFC 6902 patch; `value` unless something is removed.";
  operation.properties = {operation_member("op", "What is done.", R"("replace")", {"add", "remove", "replace", "test"}),
                          operation_member("path", "Where: an RFC 6901 pointer.", R"("/interval_seconds")"),
                          {"value",
                           {.doc = "What is there now; absent when something is removed.", .read_only = true},
                           std::make_shared<type_info>(),
                           {},
                           {},
                           {}}};
  type_info patch;
  patch.kind = json_kind::array;
  patch.items = std::make_shared<type_info>(std::move(operation));
  return patch;
}

/// The stored text is JSON already.
class patch_type final : public type<std::string> {
public:
  patch_type() : type<std::string>(describe_patch()) {}
  void read(const json_value&, std::string&, reader&) const override {}
  void write(const std::string& x, json_writer& w, const write_options&) const override { w.raw(x.empty() ? "[]" : x); }
};

std::optional<std::string> hex(const std::optional<sha256_digest>& x) {
  return x ? std::optional{to_hex(*x)} : std::nullopt;
}

void add_what(object_schema<audit_entry>& s) {
  using how = const write_options&;
  s.property("action", &audit_entry::action, enumeration<audit_action>(),
             {.doc = "What was done.", .example = R"("update")", .read_only = true});
  s.property("resource_type", &audit_entry::type, enumeration<audited_resource>(),
             {.doc = "To what kind of thing.", .example = R"("monitor")", .read_only = true});
  s.property("resource_id", &audit_entry::resource, any_text(),
             {.doc = "To which.", .example = R"("mon_01jd9e6h6gf4g8w1q6v5q8z3ab")", .read_only = true});
  s.property("version_from", &audit_entry::version_from, count<std::int64_t>(),
             {.doc = "Its version before; null for what is new or has none.", .example = "1", .read_only = true});
  s.property("version_to", &audit_entry::version_to, count<std::int64_t>(),
             {.doc = "Its version after; null for what is gone or has none.", .example = "2", .read_only = true});
  s.computed<std::string>("patch", std::make_shared<patch_type>(),
                          {.doc = "RFC 6902: what changed in the configuration. Secrets are null.",
                           .example = R"([{"op":"replace","path":"/interval_seconds","value":30}])"},
                          [](const audit_entry& x, how) { return x.patch; });
}

void add_whence(object_schema<audit_entry>& s) {
  using how = const write_options&;
  s.maybe("reason", any_text(),
          {.doc = "X-Gochron-Change-Reason of the request.", .example = R"("https://git.example/pull/7")"},
          [](const audit_entry& x, how) { return non_empty(x.reason); });
  s.maybe("ip", any_text(), {.doc = "The client's address.", .example = R"("192.0.2.7")"},
          [](const audit_entry& x, how) { return non_empty(x.ip); });
  s.maybe("request_id", any_text(),
          {.doc = "X-Request-Id of the request.", .example = R"("0f8fad5bd9cb469fa16570867728950e")"},
          [](const audit_entry& x, how) { return non_empty(x.request_id); });
}

void add_chain(object_schema<audit_entry>& s) {
  using how = const write_options&;
  s.property(
      "sequence", &audit_entry::sequence, count<std::int64_t>(),
      {.doc = "Its place in the organisation's chain; null for a second or so.", .example = "12", .read_only = true});
  s.maybe("previous_hash", any_text(), {.doc = "Hexadecimal; zeroes before the first entry.", .example = "null"},
          [](const audit_entry& x, how) { return hex(x.previous_hash); });
  s.maybe("hash", any_text(),
          {.doc =
               "SHA-256 of the 32 bytes of `previous_hash` and a compact JSON array of sequence, organisation, id, "
               "at, actor, token_id, action, resource_type, resource_id, version_from, version_to, patch (compact, as "
               "a string), reason, ip and request_id.",
           .example = "null"},
          [](const audit_entry& x, how) { return hex(x.hash); });
}

} // namespace

object_ptr<audit_entry> audit_entry_schema() {
  static const auto schema = [] {
    auto s = std::make_shared<object_schema<audit_entry>>("AuditEntry", "Who changed what, when and why.");
    s->property("id", &audit_entry::id, identifier<audit_id>(), {.doc = "Given by us.", .read_only = true});
    s->property("at", &audit_entry::at, instant(), {.doc = "When.", .read_only = true});
    s->property(
        "actor", &audit_entry::actor, any_text(),
        {.doc =
             "`user:` and the name of whose token it is, `token:` and its id where it is nobody's, `cli`, or `system`.",
         .example = R"("token:tok_01jd9e6h6gf4g8w1q6v5q8z3ab")",
         .read_only = true});
    s->property("token_id", &audit_entry::token, identifier<token_id>(),
                {.doc = "The token of the request.", .example = "null", .read_only = true});
    add_what(*s);
    add_whence(*s);
    add_chain(*s);
    return s;
  }();
  return schema;
}

object_ptr<audit_verdict> audit_verdict_schema() {
  static const auto schema = [] {
    using how = const write_options&;
    auto s = std::make_shared<object_schema<audit_verdict>>("AuditVerdict", "What a walk along the chain has found.");
    s->property("valid", &audit_verdict::valid, boolean(),
                {.doc = "Whether nothing was changed, taken out or moved.", .example = "true", .read_only = true});
    s->property("complete", &audit_verdict::complete, boolean(),
                {.doc = "False: the chain goes on behind `last_sequence`; ask with `after`.",
                 .example = "true",
                 .read_only = true});
    s->property("entries", &audit_verdict::entries, count<std::int64_t>(),
                {.doc = "How many were recomputed.", .example = "12", .read_only = true});
    s->property("unsealed", &audit_verdict::unsealed, count<std::int64_t>(),
                {.doc = "How many are not in the chain yet.", .example = "0", .read_only = true});
    s->property("last_sequence", &audit_verdict::last_sequence, count<std::int64_t>(),
                {.doc = "Up to where the chain is whole.", .example = "12", .read_only = true});
    s->maybe("head_hash", any_text(),
             {.doc = "Of `last_sequence`. Kept elsewhere, it proves that nothing before it was rewritten.",
              .example = "null"},
             [](const audit_verdict& x, how) { return hex(x.head); });
    s->property("first_broken_sequence", &audit_verdict::first_broken, count<std::int64_t>(),
                {.doc = "Where the chain does not hold, or null.", .example = "null", .read_only = true});
    return s;
  }();
  return schema;
}

} // namespace gochron::core
