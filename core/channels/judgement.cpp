#include "core/channels/judgement.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/channels/text.hpp"
#include "core/schema/json_writer.hpp"

namespace gochron::core {
namespace {

delivery_outcome meaning_of(std::uint16_t status) {
  if (status >= 200 && status < 300)
    return delivery_outcome::succeeded;
  if (status == 410)
    return delivery_outcome::gone;
  bool may_pass = status < 400 || status >= 500 || status == 408 || status == 425 || status == 429;
  return may_pass ? delivery_outcome::retry : delivery_outcome::refused;
}

std::string sentence(std::string_view said) {
  std::string x{said};
  std::ranges::replace_if(
      x, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return fmt::format("The receiver said: {}", shortened(x, 300, text_unit::code_points));
}

// Every string inside, at whatever depth.
void gather(const json_value& x, std::vector<std::string>& into) {
  if (const auto* text = x.as<std::string>())
    into.push_back(*text);
  if (const auto* items = x.as<json_array>())
    for (const auto& item : *items)
      gather(item, into);
  if (const auto* members = x.as<json_object>())
    for (const auto& m : *members)
      gather(m.value, into);
}

std::vector<std::string> secrets_of(const channel_record& x) {
  json_writer w;
  kind_of(x).write(x.spec.target, w, {.to = audience::sealed});
  auto sealed = parse_json(w.view());
  std::vector<std::string> all;
  if (sealed)
    gather(*sealed, all);
  std::erase_if(all, [](const std::string& s) { return s.size() < 6; }); // would black out ordinary words
  return all;
}

void black_out(std::string& in, const std::vector<std::string>& secrets) {
  for (const auto& s : secrets)
    for (auto at = in.find(s); at != std::string::npos; at = in.find(s, at + 3))
      in.replace(at, s.size(), "***");
}

} // namespace

receipt judge_status(const delivery_attempt& x, std::string_view said) {
  // A failure without a status worth the name: no connection, or an answer that broke off.
  auto outcome = x.status == 0 ? delivery_outcome::retry : meaning_of(x.status);
  if (outcome == delivery_outcome::succeeded || said.empty())
    return {.outcome = outcome};
  return failed(outcome, said);
}

receipt failed(delivery_outcome outcome, std::string_view said, std::optional<seconds> retry_after) {
  return {.outcome = outcome, .message = sentence(said), .retry_after = retry_after, .reference = {}};
}

json_value answer_of(const delivery_attempt& x) {
  auto json = parse_json(x.response_body);
  return json && json->as<json_object>() ? std::move(*json) : json_value{nullptr};
}

std::string text_in(const json_value& x, std::string_view name) {
  const auto* member = x.find(name);
  const auto* text = member ? member->as<std::string>() : nullptr;
  return text ? *text : std::string{};
}

std::optional<std::int64_t> integer_in(const json_value& x, std::string_view name) {
  const auto* member = x.find(name);
  if (!member)
    return std::nullopt;
  if (const auto* whole = member->as<std::int64_t>())
    return *whole;
  const auto* real = member->as<double>();
  return real && *real >= 0 && *real < 1e9 ? std::optional{static_cast<std::int64_t>(std::ceil(*real))} : std::nullopt;
}

bool true_in(const json_value& x, std::string_view name) {
  const auto* member = x.find(name);
  const auto* flag = member ? member->as<bool>() : nullptr;
  return flag && *flag;
}

void note_answer(const channel_record& of, delivery_attempt& x) {
  const auto& kind = kind_of(of);
  auto said = kind.judge(x);
  if (said.outcome != delivery_outcome::succeeded && x.error == reason::none)
    x.error = reason::status_mismatch;
  if (!said.message.empty())
    x.message = std::move(said.message);
  if (said.retry_after)
    x.retry_after = said.retry_after;
  x.reference = std::move(said.reference);
  if (kind.is_signed())
    return; // what a webhook's receiver sends back is its own affair
  auto secrets = secrets_of(of);
  black_out(x.message, secrets);
  black_out(x.response_body, secrets);
  for (auto& [name, value] : x.response_headers)
    black_out(value, secrets);
}

} // namespace gochron::core
