/// Cursors of lists: what comes back in the query string of the next page.
#include <string>

#include "fuzz/fuzz.hpp"
#include "http/cursor.hpp"

using namespace gochron;
using fuzz::must;

namespace {

constexpr std::string_view key = "0123456789abcdef0123456789abcdef", list = "org\nmonitors";

// The input names a row; its cursor leads back to it, and nothing else does.
void round_trip(std::string_view row) {
  keyset at;
  for (auto& byte : at.id.bytes)
    byte = fuzz::take_choice(row);
  at.key = row;
  auto text = http::write_cursor(key, list, at);
  auto back = http::read_cursor(key, list, text);
  must(back && back->id == at.id && back->key == at.key, "a cursor leads back to its row");
  must(!http::read_cursor(key, "org\nchannels", text), "a cursor is good for one list");
  must(!http::read_cursor("another key", list, text), "a cursor is good at one installation");
}

// The input spoils a good cursor: where, and with what.
void spoil(std::string_view how) {
  auto good = http::write_cursor(key, list, {"2026-11-23T13:37:00.000Z", {}});
  auto spoiled = good;
  auto at = fuzz::take_choice(how) % (good.size() + 1);
  spoiled.replace(at, fuzz::take_choice(how) % 4U, how);
  must(spoiled == good || !http::read_cursor(key, list, spoiled), "a spoiled cursor is refused");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto input = fuzz::text_of(data, size);
  must(!http::read_cursor(key, list, input), "nobody guesses a cursor");
  if (fuzz::take_choice(input) % 2 == 0)
    round_trip(input);
  else
    spoil(input);
  return 0;
}
