/// Short texts that clients make up: bearer tokens, ids, scopes, times, base64.
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/schema/time.hpp"
#include "core/token_format.hpp"
#include "fuzz/fuzz.hpp"
#include "gochron/ids.hpp"

using namespace gochron;
using namespace gochron::core;
using fuzz::must;

namespace {

template <class Id>
void look_at_id(std::string_view text) {
  if (auto x = Id::parse(text))
    must(x->str() == text, "an id has one spelling");
}

void look_at_token(std::string_view text) {
  if (!is_well_formed_token(text))
    return;
  must(text.size() == token_size, "a token has one length");
  auto typo = std::string{text};
  for (std::size_t i = 4; i < typo.size(); ++i) {
    auto c = typo[i];
    typo[i] = c == 'a' ? 'b' : 'a';
    must(!is_well_formed_token(typo), "the check finds a typo");
    typo[i] = c;
  }
}

void look_at_scope(std::string_view text) {
  if (!is_valid_scope(text))
    return;
  must(scope_allows({"admin"}, text), "admin may do everything");
  must(text == "admin" || !scope_allows({std::string{text}}, "admin"), "only admin is admin");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  look_at_token(text);
  token_digest(text);
  look_at_scope(text);
  look_at_id<monitor_id>(text);
  look_at_id<rule_id>(text);
  if (auto x = from_base32(text))
    must(to_base32(*x) == text, "base32 has one spelling");
  if (auto x = parse_rfc3339(text))
    must(parse_rfc3339(to_rfc3339(*x)) == x, "a time is written as it was read");
  if (auto x = from_base64(text))
    must(to_base64(octets(*x)) == text, "base64 has one spelling");
  return 0;
}
