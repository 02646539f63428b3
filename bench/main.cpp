#include <string_view>

#include <fmt/format.h>

#include "micro.hpp"

namespace {

constexpr std::string_view usage = "gochron-bench micro\n"
                                   "\n"
                                   "  micro   nanoseconds an operation of the decisions and codecs, one thread\n";

} // namespace

int main(int argc, char** argv) {
  auto command = argc == 2 ? std::string_view{argv[1]} : std::string_view{};
  if (command == "micro") {
    gochron::bench::micro();
    return 0;
  }
  auto asked = command == "--help" || command == "-h";
  fmt::print(asked ? stdout : stderr, "{}", usage);
  return asked ? 0 : 2;
}
