#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// The one function of every target. Must hold for all inputs: the same input does the same, nothing is kept but what
/// makes the next call faster, no input takes longer than a second.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace gochron::fuzz {

/// A property that no input may break.
inline void must(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The first byte of an input, removed from it: it chooses among the forms of a target. 0 when there is none.
inline std::uint8_t take_choice(std::string_view& input) {
  if (input.empty())
    return 0;
  auto choice = static_cast<std::uint8_t>(input.front());
  input.remove_prefix(1);
  return choice;
}

} // namespace gochron::fuzz
