#include "http/call.hpp"

#include <algorithm>
#include <charconv>

#include "http/kept_response.hpp"
#include "http/problem.hpp"
#include "http/server/text.hpp"

namespace gochron::http {
namespace {

// `"12"` is 12; a quoted text that is no number of ours is -1; anything else is no entity tag.
std::optional<std::int64_t> version_of(std::string_view tag) {
  if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"')
    return std::nullopt;
  tag = tag.substr(1, tag.size() - 2);
  if (tag.find('"') != std::string_view::npos)
    return std::nullopt;
  std::int64_t version = -1;
  auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
  return error == std::errc{} && end == tag.data() + tag.size() && version > 0 ? version : -1;
}

} // namespace

std::string_view call::param(std::string_view name) const {
  auto it = std::find_if(s_->params.begin(), s_->params.end(), [name](auto& x) { return x.first == name; });
  return it == s_->params.end() ? std::string_view{} : it->second;
}

// Of a dry write only that it would succeed is said. What a request with a key is told is kept before it is told, in
// the transaction of the effect where there was one.
void call::answer(response r) const {
  bool good = r.status >= 200 && r.status < 300;
  if (good && s_->dry)
    return send({.status = 204, .content_type = {}, .headers = {}, .body = {}});
  if (good && s_->key)
    return s_->key->given ? send(*s_->key->given) : keep_then_send(std::move(r));
  send(std::move(r));
}

void call::answer_unkept(response r) const {
  send(std::move(r));
}

kept_answer call::to_keep(response r) const {
  kept_answer x{org(), s_->who.id, s_->key->key, s_->key->fingerprint, write_response(r)};
  s_->key->given = std::make_shared<const response>(std::move(r));
  return x;
}

void call::keep_then_send(response r) const {
  auto x = to_keep(std::move(r));
  s_->with->answers.keep(std::move(x), reply_to<void>{[c = *this](status kept) {
                           kept ? c.send(*c.s_->key->given) : c.refuse(kept.error());
                         }});
}

void call::replay(response r) const {
  r.headers.push_back({"Idempotency-Replayed", "true"});
  send(std::move(r));
}

void call::send(response r) const {
  if (s_->key)
    s_->key->claim.reset(); // before anybody can hear the answer and ask again
  if (!s_->who.id.is_nil())
    r.headers.push_back({"Cache-Control", "no-store"});
  if (!s_->charge.lines.empty()) {
    auto charge = s_->charge;
    if (r.status == 304)
      s_->limits->give_back(charge);
    add_rate_headers(r.headers, charge);
  }
  reply(s_->ticket, std::move(r));
}

void call::refuse(const error& e) const {
  answer(problem_response(e, request().raw_path(), request().request_id));
}

void call::json(unsigned status, std::string body, std::vector<header> headers) const {
  answer({status, "application/json", std::move(headers), std::move(body)});
}

result<std::optional<std::int64_t>> call::if_version() const {
  auto given = request().header("If-Match");
  if (!given || trimmed(*given) == "*")
    return std::optional<std::int64_t>{};
  auto tag = trimmed(*given);
  if (tag.starts_with("W/"))
    return std::optional<std::int64_t>{-1}; // If-Match compares strongly: a weak tag never matches
  auto version = version_of(tag);
  if (!version)
    return fail(errc::malformed, "If-Match takes one entity tag in quotes, as the ETag header gave it.");
  return version;
}

bool call::none_match(std::int64_t version) const {
  auto given = request().header("If-None-Match");
  if (!given)
    return false;
  for (auto rest = *given; !rest.empty();) {
    auto comma = rest.find(',');
    auto tag = trimmed(rest.substr(0, comma));
    if (tag.starts_with("W/"))
      tag.remove_prefix(2);
    if (tag == "*" || version_of(tag) == version)
      return true;
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return false;
}

reply_to<void> call::done() const {
  return reply_to<void>{[c = *this](status s) {
    s ? c.answer({.status = 204, .content_type = {}, .headers = {}, .body = {}}) : c.refuse(s.error());
  }};
}

} // namespace gochron::http
