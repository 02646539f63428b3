#include "http/bulk.hpp"

#include <algorithm>
#include <map>

#include "http/kept_response.hpp"
#include "http/problem.hpp"

namespace gochron::http {
namespace {

// A thousand resources of the largest kind that the body's bound leaves room for.
constexpr core::json_limits bulk_limits{32, 200'000};

void put(core::json_writer& w, std::string_view name, const std::string& text) {
  w.key(name);
  text.empty() ? w.null() : w.text(text);
}

void put_raw(core::json_writer& w, std::string_view name, const std::string& json) {
  w.key(name);
  json.empty() ? w.null() : w.raw(json);
}

void write_result(core::json_writer& w, const bulk_state& s, std::size_t n) {
  const auto& x = s.outcomes[n];
  w.begin_object();
  w.key("index");
  w.integer(static_cast<std::int64_t>(n));
  w.key("status");
  w.integer(x.failure ? kind_of(x.failure->code).status : x.status);
  put(w, "id", x.id);
  put(w, "key", x.key.empty() ? s.operation(n).key.value_or("") : x.key);
  w.key("version");
  x.version ? w.integer(*x.version) : w.null();
  put_raw(w, "resource", x.resource);
  put_raw(w, "error",
          x.failure ? problem_response(*x.failure, s.c.request().raw_path(), s.c.request().request_id).body : "");
  w.end_object();
}

std::string place_of(std::size_t n) {
  return "/operations/" + std::to_string(n);
}

// The violations of one operation; of a refusal without any, the refusal itself.
void add_violations(std::vector<violation>& to, const bulk_state& s, std::size_t n) {
  const auto& e = *s.outcomes[n].failure;
  if (e.violations.empty())
    to.push_back({place_of(n), std::string{kind_of(e.code).code}, e.detail});
  for (const auto& v : e.violations)
    to.push_back({place_of(n) + "/body" + (v.pointer.starts_with('/') ? v.pointer : ""), v.code, v.detail});
}

bool is_reason(const bulk_outcome& x) {
  return x.failure && !is_not_applied(*x.failure);
}

core::type_info_ptr text_info(bool nullable) {
  core::type_info x;
  x.kind = core::json_kind::text;
  x.nullable = nullable;
  return std::make_shared<core::type_info>(std::move(x));
}

core::type_info_ptr integer_info(bool nullable) {
  core::type_info x;
  x.kind = core::json_kind::integer;
  x.nullable = nullable;
  return std::make_shared<core::type_info>(std::move(x));
}

core::type_info_ptr nullable(const core::type_info& of) {
  auto x = of;
  x.nullable = true;
  return std::make_shared<core::type_info>(std::move(x));
}

core::type_info_ptr object_info(std::string component, std::string doc, std::vector<core::property_info> properties) {
  core::type_info x;
  x.kind = core::json_kind::object;
  x.component = std::move(component);
  x.doc = std::move(doc);
  x.properties = std::move(properties);
  return std::make_shared<core::type_info>(std::move(x));
}

core::property_info row(std::string name, std::string_view doc, core::type_info_ptr type) {
  return {std::move(name), {.doc = doc, .read_only = true}, std::move(type), {}, {}, {}};
}

core::type_info_ptr any_info() {
  core::type_info x;
  return std::make_shared<core::type_info>(std::move(x));
}

core::type_info_ptr answer_info(const core::type_info_ptr& type) {
  auto one = object_info(type->component + "BulkResult", "What came of one operation.",
                         {row("index", "Its place in the request.", integer_info(false)),
                          row("status", "As the same write alone would have been answered.", integer_info(false)),
                          row("id", "Of the resource; null when there is none.", text_info(true)),
                          row("key", "Its key, or the one that the operation named.", text_info(true)),
                          row("version", "After the write.", integer_info(true)),
                          row("resource", "After the write; null when it is gone or was refused.", nullable(*type)),
                          row("error", "The problem, as RFC 9457 has it; null when there is none.", any_info())});
  core::type_info list;
  list.kind = core::json_kind::array;
  list.items = one;
  return object_info(type->component + "BulkResults", "A result for each operation.",
                     {row("results", "In the order of the operations.", std::make_shared<core::type_info>(list))});
}

} // namespace

result<core::bulk_request> read_bulk(const call& c) {
  auto body = core::parse_json(*c.request().body, bulk_limits);
  if (!body)
    return fail(body.error());
  core::reader r{core::read_mode::whole};
  core::bulk_request wanted;
  core::bulk_request_schema()->read(*body, wanted, r);
  if (r.count() > 0)
    return fail(r.take_error());
  return wanted;
}

std::string bulk_key(const call& c, std::size_t n) {
  return c.key().key + '#' + std::to_string(n);
}

kept_answer keep_outcome(const bulk_state& s, std::size_t n, const bulk_outcome& x) {
  response r{x.status, x.key, {{"ETag", x.version ? std::to_string(*x.version) : ""}, {"Location", x.id}}, x.resource};
  return {s.c.org(), s.c.who().id, bulk_key(s.c, n), s.c.key().fingerprint, write_response(r)};
}

void unless_done(const bulk_ptr& s, std::size_t n, std::function<void()> go_on, std::function<void()> done_before) {
  if (!s->c.has_key() || s->c.dry() || s->operation(n).method != core::bulk_method::create)
    return go_on();
  auto found = [s, n, go_on = std::move(go_on), done_before = std::move(done_before)](result<kept_answer> kept) {
    if (!kept && kept.error().code == errc::not_found)
      return go_on();
    auto then = kept && kept->fingerprint == s->c.key().fingerprint ? read_response(kept->answer) : std::nullopt;
    if (!then) { // nobody knows whether it was done: not again
      s->outcomes[n].failure =
          kept ? error{errc::key_reused, "This Idempotency-Key was used for something else.", {}, {}, {}}
               : kept.error();
      return done_before();
    }
    bulk_outcome x{then->status, {}, then->content_type, {}, then->body, {}};
    for (const auto& h : then->headers)
      if (h.name == "Location")
        x.id = h.value;
      else if (h.name == "ETag" && !h.value.empty())
        x.version = std::stoll(h.value);
    s->outcomes[n] = std::move(x);
    done_before();
  };
  s->c.with().answers.find(s->c.org(), s->c.who().id, bulk_key(s->c, n), reply_to<kept_answer>{std::move(found)});
}

response bulk_response(const bulk_state& s) {
  core::json_writer w;
  w.begin_object();
  w.key("results");
  w.begin_array();
  for (std::size_t n = 0; n < s.outcomes.size(); ++n)
    write_result(w, s, n);
  w.end_array();
  w.end_object();
  return {200, "application/json", {}, w.str()};
}

error bulk_refusal(const bulk_state& s, const error& why) {
  error e{errc::conflict, "Nothing was written: some of the operations are refused.", {}, {}, {}};
  for (std::size_t n = 0; n < s.outcomes.size(); ++n) {
    const auto& x = s.outcomes[n];
    if (!is_reason(x))
      continue;
    if (x.failure->retry_after.count() > 0)
      return *x.failure;
    if (x.failure->code == errc::invalid || x.failure->code == errc::limit_exceeded)
      e.code = x.failure->code;
    add_violations(e.violations, s, n);
    e.blocked_by.insert(e.blocked_by.end(), x.failure->blocked_by.begin(), x.failure->blocked_by.end());
  }
  return e.violations.empty() ? why : e;
}

// Where nobody gave a reason of his own, somebody else changed a row between its reading and its writing.
bool only_raced(const bulk_state& s, const error& why) {
  bool any = false;
  for (std::size_t n = 0; n < s.outcomes.size(); ++n) {
    const auto& x = s.outcomes[n];
    if (!is_reason(x))
      continue;
    any = true;
    bool raced = s.operation(n).method == core::bulk_method::upsert &&
                 (x.failure->code == errc::conflict || x.failure->code == errc::not_found);
    if (!raced)
      return false;
  }
  return any || is_not_applied(why);
}

std::optional<error> duplicate_targets(const bulk_state& s) {
  error e{errc::invalid, "Operations of an atomic request name different resources.", {}, {}, {}};
  std::map<uuid, std::size_t> by_id;
  std::map<std::string, std::size_t> by_key;
  for (std::size_t n = 0; n < s.targets.size(); ++n) {
    bool fresh = s.targets[n].is_nil() || by_id.emplace(s.targets[n], n).second;
    if (const auto& key = s.operation(n).key)
      fresh = by_key.emplace(*key, n).second && fresh;
    if (!fresh)
      e.violations.push_back({place_of(n), "duplicate", "Another operation names the same resource."});
  }
  return e.violations.empty() ? std::nullopt : std::optional{std::move(e)};
}

operation& add_bulk_operation(operation_table& add, const core::type_info_ptr& type, const std::string& example,
                              std::function<void(call)> run) {
  const auto& n = add.of;
  auto& op =
      add("POST", "/bulk", "bulkWrite" + n.types, true, "Write many " + n.many,
          "Up to 1,000 creates, replacements, merge patches, upserts and deletions. `atomic`: all or nothing, in "
          "one transaction; what is wrong with any of them is told at once, as pointers into the body. "
          "Otherwise each is on its own, side by side, and `results` says what came of it. With `validate_only` "
          "what is wrong with any of them is told at once, atomic or not.",
          {200, "What came of each operation.", answer_info(type)}, std::move(run));
  op.body = body_spec{core::bulk_request_schema()->info(), core::schema_use::request,
                      R"({"atomic":true,"operations":[{"method":"create","body":)" + example + "}]}", true};
  op.problems = {409};
  return op;
}

} // namespace gochron::http
