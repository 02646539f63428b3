#include "core/channels/twilio_inbound.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "core/bytes.hpp"
#include "core/channels/text.hpp"
#include "core/names.hpp"

namespace gochron::core {
namespace {

// The scheme is Twilio's; what it signs with is theirs to choose.
std::string hmac_sha1(std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (!HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &size))
    throw std::runtime_error("OpenSSL has no HMAC-SHA1");
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::optional<link_verb> verb_of(std::string_view word) {
  for (auto one : {"a", "ack", "acknowledge"})
    if (word == one)
      return link_verb::acknowledge;
  for (auto one : {"c", "close", "r", "resolve"})
    if (word == one)
      return link_verb::resolve;
  return std::nullopt;
}

// Runs of letters and runs of digits, in lower case; nothing else but spaces and a few marks may be between them.
std::optional<std::vector<std::string>> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool was_digit = false, inside = false;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool digit = std::isdigit(byte) != 0, letter = byte < 0x80 && std::isalpha(byte) != 0;
    if (!digit && !letter && std::string_view{" \t\r\n#.,!'\""}.find(c) == std::string_view::npos)
      return std::nullopt;
    if ((digit || letter) && (!inside || digit != was_digit))
      words.emplace_back();
    if (digit || letter)
      words.back().push_back(static_cast<char>(std::tolower(byte)));
    inside = digit || letter;
    was_digit = digit;
  }
  return words;
}

std::optional<std::int64_t> number_of(std::string_view word) {
  std::int64_t x = 0;
  auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), x);
  return error == std::errc{} && end == word.data() + word.size() && x > 0 ? std::optional{x} : std::nullopt;
}

} // namespace

std::string_view field_of(const form_fields& x, std::string_view name) {
  auto it = std::ranges::find(x, name, &form_fields::value_type::first);
  return it == x.end() ? std::string_view{} : it->second;
}

std::string twilio_signature(std::string_view auth_token, std::string_view url, form_fields fields) {
  std::ranges::stable_sort(fields, {}, &form_fields::value_type::first);
  std::string text{url};
  for (const auto& [name, value] : fields)
    text.append(name).append(value);
  return to_base64(octets(hmac_sha1(auth_token, text)));
}

std::optional<carrier_report> read_carrier_report(const form_fields& x, timestamp now) {
  auto said = field_of(x, "MessageStatus");
  auto state = parse_name<carrier_state>(said.empty() ? field_of(x, "SmsStatus") : said);
  if (!state)
    return std::nullopt;
  auto code = field_of(x, "ErrorCode");
  bool plain = code.size() <= 20 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
  return carrier_report{*state, plain && code != "0" ? std::string{code} : std::string{}, now};
}

std::optional<sms_command> read_sms_command(std::string_view text) {
  auto words = text.size() > 200 ? std::nullopt : words_of(text);
  if (!words || words->empty() || words->size() > 2)
    return std::nullopt;
  sms_command x;
  std::optional<link_verb> verb;
  for (const auto& word : *words) {
    auto number = number_of(word);
    auto wanted = verb_of(word);
    if ((number && x.number) || (wanted && verb) || (!number && !wanted))
      return std::nullopt;
    x.number = number ? number : x.number;
    verb = wanted ? wanted : verb;
  }
  if (!verb)
    return std::nullopt;
  x.verb = *verb;
  return x;
}

std::string twiml(std::string_view text) {
  std::string out = R"(<?xml version="1.0" encoding="UTF-8"?><Response>)";
  if (!text.empty())
    out.append("<Message>").append(html_escaped(text)).append("</Message>");
  return out.append("</Response>");
}

} // namespace gochron::core
