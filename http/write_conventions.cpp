#include "http/write_conventions.hpp"

#include <algorithm>
#include <set>

#include "core/bytes.hpp"
#include "http/kept_response.hpp"
#include "http/server/text.hpp"

namespace gochron::http {
namespace {

constexpr std::size_t most_reason = 1000;
constexpr std::size_t most_key = 255;

// In code points. What is not UTF-8 or has control characters is no text for people.
bool is_reason(std::string_view x) {
  auto length = std::ranges::count_if(x, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  return static_cast<std::size_t>(length) <= most_reason && only_utf8(x) == x &&
         std::ranges::none_of(x, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_key(std::string_view x) {
  return !x.empty() && x.size() <= most_key && std::ranges::all_of(x, [](char c) { return c > 0x20 && c < 0x7f; });
}

sha256_digest fingerprint_of(const request& r) {
  std::string text{r.method};
  ((text += '\n') += r.target) += '\n';
  return core::sha256(text += *r.body);
}

parameter header_parameter(std::string name, std::string doc, std::string schema) {
  return {std::move(name), std::move(doc), std::move(schema), false};
}

// What the path is about: the part of it that ends with its first parameter.
std::string resource_of(const std::string& path) {
  return path.substr(0, std::min(path.find('}'), path.size() - 1) + 1);
}

void add_conventions(operation& op, bool versioned) {
  op.query.push_back({"validate_only",
                      "True: all the checks and no effect. 204 when the request would succeed, otherwise what it would "
                      "be answered.",
                      R"({"type":"boolean","default":false})"});
  op.headers.push_back(header_parameter("X-Gochron-Change-Reason",
                                        "Why: for the audit log. A commit or the address of a pull request, say.",
                                        R"({"type":"string","maxLength":1000,"pattern":"^[^\\x00-\\x1f\\x7f]*$"})"));
  if (versioned) {
    op.headers.push_back(
        header_parameter("If-Match", "An `ETag`: done only when the resource still has this version, 412 otherwise.",
                         R"({"type":"string","pattern":"^([*]|(W/)?\"[!#-~]*\")$"})"));
    op.problems.push_back(412);
  }
  if (op.method != "POST")
    return;
  op.headers.push_back(header_parameter(
      "Idempotency-Key",
      "Repeated under the same key within 24 hours, the request has no second effect and gets the first answer again, "
      "with `Idempotency-Replayed: true`. Another request under the key is 422; 409 while the first is running.",
      R"({"type":"string","minLength":1,"maxLength":255,"pattern":"^[!-~]+$"})"));
  if (std::ranges::find(op.problems, 409u) == op.problems.end())
    op.problems.push_back(409);
}

// A precondition is kept or refused, never overlooked: where nothing has a version there is none to keep.
status judge_if_match(const request& r, const operation& op) {
  auto given = r.header("If-Match");
  bool known = std::ranges::find(op.headers, "If-Match", &parameter::name) != op.headers.end();
  if (!given || known || trimmed(*given) == "*")
    return {};
  return fail(errc::malformed, "This has no version: If-Match takes `*` here, or is left out.");
}

// What somebody does by a token of their own is done by them, as what they do by a link.
actor_name actor_of(const call::state& s) {
  auto user = s.who.user ? s.with->engine.user(s.who.org, *s.who.user) : std::nullopt;
  return user ? "user:" + user->spec.name : "token:" + s.who.id.str();
}

} // namespace

bool writes(const operation& op) {
  return !op.scope.empty() && op.method != "GET";
}

void add_write_conventions(operations& all) {
  std::set<std::string> versioned;
  for (const auto& op : all)
    if (op.method == "GET" && op.ok.versioned)
      versioned.insert(op.path);
  for (auto& op : all)
    if (writes(op))
      add_conventions(op, !op.of_a_part && versioned.contains(resource_of(op.path)));
}

status read_write_headers(call::state& s, const operation& op) {
  if (!writes(op))
    return {};
  const auto& r = s.request;
  if (auto kept = judge_if_match(r, op); !kept)
    return kept;
  auto dry = r.query_value("validate_only");
  if (dry && *dry != "true" && *dry != "false")
    return fail({errc::invalid,
                 "The query parameters are not valid.",
                 {{"validate_only", "invalid_format", "Either true or false."}},
                 {},
                 {}});
  s.dry = dry == "true";
  auto reason = r.header("X-Gochron-Change-Reason");
  if (reason && !is_reason(trimmed(*reason)))
    return fail(errc::malformed,
                "X-Gochron-Change-Reason takes at most 1,000 characters of UTF-8 without control characters.");
  change_origin from{actor_of(s), s.who.id, {}, r.peer_ip, r.request_id};
  if (!from.who.starts_with("user:"))
    from.token_name = s.who.name;
  if (reason)
    from.reason = trimmed(*reason);
  s.origin = std::make_shared<const change_origin>(std::move(from));
  auto key = op.method == "POST" ? r.header("Idempotency-Key") : std::nullopt;
  if (key && !is_key(trimmed(*key)))
    return fail(errc::malformed, "Idempotency-Key takes 1 to 255 visible ASCII characters.");
  if (key && !s.dry)
    s.key = call::repeatable{std::string{trimmed(*key)}, fingerprint_of(r), nullptr};
  return {};
}

result<std::shared_ptr<void>> running_keys::claim(token_id token, const std::string& key) {
  std::pair place{token, key};
  std::lock_guard guard{mutex_};
  if (running_.size() >= most)
    return try_later(errc::busy, "Too many requests with an Idempotency-Key are in work.");
  if (!running_.insert(place).second)
    return try_later(errc::under_way, "A request with this Idempotency-Key is still running.");
  return std::shared_ptr<void>{this, [self = shared_from_this(), place](void*) {
                                 std::lock_guard held{self->mutex_};
                                 self->running_.erase(place);
                               }};
}

void replay_or(const call& c, std::function<void()> go_on) {
  const auto& key = c.key();
  c.with().answers.find(
      c.org(), c.who().id, key.key, reply_to<kept_answer>{[c, go_on = std::move(go_on)](result<kept_answer> x) {
        if (!x)
          return x.error().code == errc::not_found ? go_on() : c.refuse(x.error());
        if (x->fingerprint != c.key().fingerprint)
          return c.refuse(
              {errc::key_reused, "This Idempotency-Key was used for another method, path or body.", {}, {}, {}});
        auto first = read_response(x->answer);
        first ? c.replay(std::move(*first)) : c.refuse({errc::internal, "A kept answer does not read.", {}, {}, {}});
      }});
}

} // namespace gochron::http
